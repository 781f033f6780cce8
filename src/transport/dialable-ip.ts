/** The address at which a client on the host reaches what is published on an address: loopback for every address. */
export function dialableIp(ip: string): string {
  if (ip === '' || ip === '0.0.0.0') return '127.0.0.1';
  return ip === '::' ? '::1' : ip;
}

/** Whether an address stands for every address of the host. */
export function isWildcardIp(ip: string): boolean {
  return ip === '' || ip === '0.0.0.0' || ip === '::';
}
