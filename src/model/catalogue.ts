/** What is known about the capabilities a well-known image needs; the evidence one step below a pinned profile. */
export interface Catalogue {
  readonly entries: readonly CatalogueEntry[];
}

/** What one family of images needs. */
export interface CatalogueEntry {
  /** Repositories, canonical: `nginx` for docker.io/library/nginx, else as written (`ghcr.io/acme/app`). Globs. */
  readonly images: readonly string[];
  /** What the container's user must be for the entry to apply. */
  readonly user: 'root' | 'non-root' | 'any';
  readonly keep: readonly string[];
  /** Kept too where the condition holds. */
  readonly also: readonly {
    readonly when: CatalogueCondition;
    readonly keep: readonly string[];
    readonly because: string;
  }[];
  /** Those of `keep` that are asked for when nobody watches, with the moment: an upgrade, a login, the second start. */
  readonly rare?: Readonly<Record<string, string>>;
  /** Where the knowledge comes from. */
  readonly source: string;
  /** `high`: tried, or run so by the vendor's own tests. `fair`: read in its entrypoint. `low`: inferred. */
  readonly confidence: 'high' | 'fair' | 'low';
}

/** What must be so of a container for the further capabilities of an entry to count. */
export type CatalogueCondition =
  | 'bind-mount'
  | 'host-network'
  /** A mounted folder is not root's, and closed to others. */
  | 'foreign-folder'
  /** It runs, or finds by name, a program with file capabilities. */
  | 'file-capabilities'
  /** Its configuration sets this variable, or does not. */
  | { readonly environment: string }
  | { readonly no_environment: string }
  /** A process of this name runs in it. */
  | { readonly process: string };
