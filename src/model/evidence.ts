/** How a reason to keep or drop a capability was come by; strongest first. */
export type EvidenceClass =
  | 'pinned'
  | 'required'
  | 'exec'
  | 'declared'
  | 'used-at-start'
  | 'used'
  | 'latent'
  | 'catalogue'
  | 'configuration'
  | 'safe-set'
  | 'advisory'
  | 'refuted'
  | 'silent';

/** One reason, for or against one capability. */
export interface Evidence {
  readonly capability: string;
  readonly class: EvidenceClass;
  readonly because: string;
  readonly isTolerated?: boolean;
  /** Asked for at moments that watching is likely to miss, as an upgrade or a login. */
  readonly isRare?: boolean;
  /** The program that asks for it by its file, by the first 15 characters of its name: it does so as soon as it is run. */
  readonly program?: string;
  /** Capabilities that stand or fall together with it. */
  readonly allOrNone?: readonly string[];
}
