/** The listening socket of a row as `grep -H` prints it from /proc; none where it is not one. */
export function parseSocket(line: string): readonly Socket[] {
  const groups = SOCKET.exec(line)?.groups;
  if (!groups) return [];
  const protocol = groups['family']?.startsWith('tcp') ? 'tcp' : 'udp';
  if (groups['status'] !== (protocol === 'tcp' ? '0A' : '07')) return [];
  return [
    {
      protocol,
      ip: readAddress(groups['address'] ?? ''),
      port: Number.parseInt(groups['port'] ?? '', 16),
      inode: groups['inode'] ?? '',
    },
  ];
}

/** The kernel prints addresses as 32-bit words in the byte order of the machine, which is little-endian wherever this runs. */
function readAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const groups = (bytes.join('').match(/.{4}/g) ?? []).map((group) => group.toLowerCase());
  return shortest(groups.join(':'));
}

/** A URL holds an IPv6 address in its shortest form. */
export function shortest(ip: string): string {
  return URL.canParse(`http://[${ip}]`) ? new URL(`http://[${ip}]`).hostname.slice(1, -1) : ip;
}

/** One listening socket. */
export interface Socket {
  readonly protocol: 'tcp' | 'udp';
  readonly ip: string;
  readonly port: number;
  readonly inode: string;
}

/** A row of /proc/net: state 0A of tcp is listening, state 07 of udp is without a peer, which is udp's listening. */
const SOCKET =
  /^net\/(?<family>tcp6?|udp6?): *\d+: (?<address>[0-9A-F]{8}|[0-9A-F]{32}):(?<port>[0-9A-F]{4}) \S+ (?<status>0[A7]) \S+ \S+ \S+ +\d+ +\d+ +(?<inode>\d+) /;
