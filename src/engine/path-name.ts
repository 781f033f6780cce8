/**
 * A name as part of a request's path; undefined for one that names nothing. Empty names and those with `.` or `..` among
 * their parts would lead somewhere else, and encoding does not help: the engine decodes a path before it tidies it.
 */
export function pathName(name: string): string | undefined {
  const parts = name.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return undefined;
  // A name such as `ghcr.io/acme/app:1` keeps its slashes: the engine's routes take them as part of the name.
  return parts.map(encodeURIComponent).join('/');
}
