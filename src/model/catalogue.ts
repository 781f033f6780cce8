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
  /** Where the knowledge comes from. */
  readonly source: string;
  readonly confidence: 'high' | 'fair';
}

/** What must be so of a container for the further capabilities of an entry to count. */
export type CatalogueCondition = 'bind-mount' | 'host-network';
