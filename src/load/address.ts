import { isIPv6 } from 'node:net';

/** A DOCKER_HOST value or `context:NAME`, taken apart; `wrong` says what the text is and what was expected. */
export type WrittenAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | {
      readonly kind: 'ssh';
      readonly hostName: string;
      readonly user?: string;
      readonly port?: number;
      readonly socketPath?: string;
    }
  | { readonly kind: 'tcp'; readonly hostName: string; readonly port: number }
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'wrong'; readonly because: string };

const FORMS = 'ssh://USER@HOST, tcp://HOST:2376, unix:///PATH or context:NAME';

/** Takes an address apart. Whatever could be read as an option or reach a shell is refused here, once for all. */
export function parseAddress(text: string): WrittenAddress {
  const scheme = /^(?<scheme>ssh|tcp|unix|context):(?:\/\/)?/.exec(text)?.groups?.['scheme'];
  switch (scheme) {
    case 'context':
      return contextAddress(text.slice('context:'.length));
    case 'unix':
      return unixAddress(text);
    case 'ssh':
    case 'tcp':
      return networkAddress(scheme, text);
    default:
      return { kind: 'wrong', because: `is not an address; expected ${FORMS}` };
  }
}

/** Whether a text can name a host: letters, digits, `.`, `_`, `-`, `+`, never a leading dash; or an IPv6 address. */
export function isHostName(text: string): boolean {
  return (/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(text) && text.length <= 253) || isIPv6(text);
}

/** Whether a text can be a user on a host. */
export function isUserName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$/.test(text);
}

function contextAddress(name: string): WrittenAddress {
  // The engine's own rule for names of contexts.
  if (/^[A-Za-z0-9][A-Za-z0-9_.+-]+$/.test(name)) return { kind: 'context', name };
  return { kind: 'wrong', because: 'is not the name of a context; expected context:NAME' };
}

function unixAddress(text: string): WrittenAddress {
  const path = text.slice('unix://'.length);
  if (text.startsWith('unix:///') && isSocketPath(path)) return { kind: 'unix', path };
  return { kind: 'wrong', because: 'has no absolute path of a socket; expected unix:///PATH' };
}

function networkAddress(scheme: 'ssh' | 'tcp', text: string): WrittenAddress {
  const form = scheme === 'ssh' ? 'ssh://USER@HOST:PORT/PATH' : 'tcp://HOST:2376';
  const wrong = (because: string): WrittenAddress => ({ kind: 'wrong', because: `${because}; expected ${form}` });
  const match =
    /^(?:ssh|tcp):\/\/(?:(?<login>[^/]*)@)?(?:\[(?<v6>[^\]]*)\]|(?<name>[^/@:[\]]*))(?::(?<port>[^/:]*))?(?<path>\/.*)?$/.exec(
      text,
    );
  if (!match?.groups) return wrong('is not an address (IPv6 needs brackets)');
  const { login, v6, name, port, path }: Readonly<Record<string, string | undefined>> = match.groups;
  const hostName = v6 ?? name ?? '';
  if (login?.includes(':')) return wrong('holds a password, which is never read from an address');
  if (login !== undefined && (scheme === 'tcp' || !isUserName(login))) return wrong('has a user that cannot be used');
  if (v6 === undefined ? !isHostName(hostName) : !isIPv6(v6)) return wrong('has no usable host name');
  if (port !== undefined && !isPort(port)) return wrong('has a port that is not from 1 to 65535');
  const socketPath = path === undefined || path === '/' ? undefined : path;
  if (scheme === 'tcp') {
    if (socketPath !== undefined) return wrong('has a path');
    return { kind: 'tcp', hostName, port: port === undefined ? 2376 : Number(port) };
  }
  if (socketPath !== undefined && !isSocketPath(socketPath)) return wrong('has a path that cannot be a socket');
  return {
    kind: 'ssh',
    hostName,
    ...(login === undefined ? {} : { user: login }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(socketPath === undefined ? {} : { socketPath }),
  };
}

/** Whether a text is the number of a port. */
export function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;
}

function isSocketPath(path: string): boolean {
  return /^\/[\w.@:+/-]+$/.test(path) && path.length <= 1024;
}
