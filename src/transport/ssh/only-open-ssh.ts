/** What to do about a login that only the system's ssh can do. */
export const ONLY_OPEN_SSH =
  "enforce's own ssh knows no certificates, security keys or Kerberos: transport: openssh in the inventory lets the system's ssh log in";
