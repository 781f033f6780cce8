/** Whether two addresses meet: either stands for every address, or both are one. `::` may take IPv4 too, so it counts as all. */
export function overlaps(a: string, b: string): boolean {
  const [one, other] = [plainIp(a), plainIp(b)];
  if (one === '' || other === '' || one === '::' || other === '::') return true;
  if (one === '0.0.0.0') return !other.includes(':');
  if (other === '0.0.0.0') return !one.includes(':');
  return one === other;
}

/** One spelling for every address; an IPv4 address that an IPv6 socket holds is the IPv4 address. */
export function plainIp(ip: string): string {
  if (!ip.includes(':')) return ip;
  // A URL holds an IPv6 address in its shortest form.
  const address = `http://[${ip.replace(/^\[|%.*$|\]$/g, '')}]`;
  const text = URL.canParse(address) ? new URL(address).hostname.slice(1, -1) : ip;
  const mapped = /^::ffff:(?<high>[0-9a-f]{1,4}):(?<low>[0-9a-f]{1,4})$/.exec(text)?.groups;
  if (!mapped) return text;
  return [mapped['high'], mapped['low']]
    .map((group) => Number.parseInt(group ?? '', 16))
    .flatMap((word) => [word >> 8, word & 255])
    .join('.');
}
