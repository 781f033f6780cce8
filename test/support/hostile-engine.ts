import type { ServerResponse } from 'node:http';
import { idOf, inspectOf } from './containers.ts';
import type { Asked, HttpEngine } from './http-engine.ts';
import { answering, httpEngine } from './http-engine.ts';

/** Answers one path in its own way. */
export type OddAnswer = (response: ServerResponse, asked: Asked) => void;

/** An engine that serves one container, `shop`, properly, but for the paths that are answered otherwise. */
export interface HostileEngine {
  /** As an inventory has it. */
  readonly address: string;
  readonly http: HttpEngine;
}

/** The id of the one container. */
export const SHOP = idOf('shop');

/** Starts one. Paths are without their version and query. */
export async function hostileEngine(odd: Readonly<Record<string, unknown>>): Promise<HostileEngine> {
  const proper = answering({ ...PROPER, ...valuesOf(odd) });
  const http = await httpEngine((asked, response) => {
    const answer = odd[asked.url.replace(/^\/v[\d.]+/, '').replace(/\?.*$/, '')];
    if (typeof answer !== 'function') {
      proper(asked, response);
      return;
    }
    response.setHeader('Api-Version', '1.41');
    (answer as OddAnswer)(response, asked);
  });
  const { address } = http.connection.host;
  return { http, address: address.kind === 'unix' ? `unix://${address.path}` : '' };
}

/** What an honest engine with that one container answers; the container publishes port 80. */
const PROPER = {
  '/version': { Version: '20.10.24' },
  '/info': { ID: 'EVIL:1', Name: 'evil-1', KernelVersion: '0.0.0' },
  '/containers/json': [{ Id: SHOP, Names: ['/shop'], Labels: {}, State: 'running', HostConfig: {} }],
  [`/containers/${SHOP}/json`]: aShop(),
  [`/containers/${SHOP}/changes`]: null,
  ...withImage({}),
};

/** The answers about the container's image, with this configuration. */
export function withImage(Config: object): Readonly<Record<string, unknown>> {
  const answer = { Id: inspectOf('shop').Image, RepoTags: ['nginx:1.25'], Config };
  return Object.fromEntries(
    [answer.Id, 'nginx:1.25'].map((name) => [`/images/${encodeURIComponent(name)}/json`, answer]),
  );
}

/** The inspect of a container that both rules find fault with. */
export function aShop(name = 'shop'): Record<string, unknown> {
  const bindings = { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '80' }] };
  const inspect = inspectOf(name, {
    HostConfig: { PortBindings: bindings, CapDrop: [] },
    NetworkSettings: { Ports: bindings },
  });
  return JSON.parse(JSON.stringify(inspect)) as Record<string, unknown>;
}

function valuesOf(odd: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(odd).filter(([, value]) => typeof value !== 'function'));
}

/** Sends the same text until the other side has had enough, or the given number of bytes is reached. */
export function pour(response: ServerResponse, text: string, bytes = Number.POSITIVE_INFINITY): void {
  const chunk = text.repeat(Math.max(1, Math.ceil(65_536 / text.length)));
  let sent = 0;
  const more = (): void => {
    while (sent < bytes) {
      if (response.destroyed) return;
      sent += chunk.length;
      if (!response.write(chunk)) return;
    }
    response.end();
  };
  response.on('drain', more);
  more();
}
