/** The last part of a path, of a repository or of a word that may be a path: what its file or program is called. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
