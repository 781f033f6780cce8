import { EnforceError } from '../model/errors.ts';
import type { Operation } from '../model/plan.ts';
import { pathName } from './path-name.ts';
import type { EngineRequest } from './send-request.ts';

/** The API call of an operation, and the error statuses that mean "it already is so". */
export function operationRequest(operation: Operation): {
  readonly request: Pick<EngineRequest, 'method' | 'path' | 'query' | 'body' | 'archive' | 'deadlineMilliseconds'>;
  readonly fine: readonly number[];
} {
  switch (operation.kind) {
    case 'create':
      return {
        request: {
          method: 'POST',
          path: '/containers/create',
          query: { name: operation.name },
          body: operation.spec,
          deadlineMilliseconds: 120_000,
        },
        fine: [],
      };
    case 'connect':
      return {
        request: {
          method: 'POST',
          path: `/networks/${networkName(operation.network)}/connect`,
          body: { Container: fullId(operation.id), EndpointConfig: operation.endpoint },
          deadlineMilliseconds: 60_000,
        },
        fine: [],
      };
    case 'stop':
      // Without `t` the container's own stop signal and timeout hold; the call outlasts them by a minute.
      return { request: post(operation.id, 'stop', (operation.timeoutSeconds + 60) * 1000), fine: [] };
    case 'start':
      return { request: post(operation.id, 'start', 180_000), fine: [] };
    case 'restart':
      return { request: post(operation.id, 'restart', (operation.timeoutSeconds + 180) * 1000), fine: [] };
    case 'pause':
      return { request: post(operation.id, 'pause', 60_000), fine: [] };
    case 'rename':
      return { request: { ...post(operation.id, 'rename', 60_000), query: { name: operation.name } }, fine: [] };
    case 'set-restart-policy':
      return {
        request: { ...post(operation.id, 'update', 60_000), body: { RestartPolicy: { ...operation.policy } } },
        fine: [],
      };
    case 'remove':
      // Never with v=1: an anonymous volume goes with it, even one that another container uses (recreate.md V6).
      return {
        request: {
          method: 'DELETE',
          path: `/containers/${fullId(operation.id)}`,
          query: { v: '0', force: '0' },
          deadlineMilliseconds: 120_000,
        },
        fine: [404],
      };
    case 'commit':
      return {
        request: {
          method: 'POST',
          path: '/commit',
          query: {
            container: fullId(operation.id),
            repo: operation.reference.replace(/:[^:/]*$/, ''),
            tag: operation.reference.replace(/^.*:/, ''),
            pause: '1',
            comment: operation.comment,
          },
          deadlineMilliseconds: LONG_WORK,
        },
        fine: [],
      };
    case 'unpack':
      // Never a folder in place of something else, or the reverse: the engine would empty it first, volumes included.
      return {
        request: {
          method: 'PUT',
          path: `/containers/${fullId(operation.id)}/archive`,
          query: { path: '/', noOverwriteDirNonDir: '1' },
          archive: operation.archive,
          // From the last piece on.
          deadlineMilliseconds: 180_000,
        },
        fine: [],
      };
    case 'remove-image':
      // Unforced: the engine refuses to take an image away that a container, running or not, is made of (409).
      return {
        request: {
          method: 'DELETE',
          path: `/images/${imageName(operation.reference)}`,
          query: { force: '0', noprune: '0' },
          deadlineMilliseconds: 120_000,
        },
        fine: [404, 409],
      };
  }
}

/** The engine reads and writes all that a container has written, and tells nothing before its end. */
const LONG_WORK = 1_800_000;

function imageName(reference: string): string {
  const part = pathName(reference);
  if (part !== undefined) return part;
  throw new EnforceError('engine', `${JSON.stringify(reference.slice(0, 80))} is not the name of an image`);
}

function post(
  id: string,
  verb: string,
  deadlineMilliseconds: number,
): { readonly method: 'POST'; readonly path: string; readonly deadlineMilliseconds: number } {
  return { method: 'POST', path: `/containers/${fullId(id)}/${verb}`, deadlineMilliseconds };
}

function fullId(id: string): string {
  if (/^[0-9a-f]{64}$/.test(id)) return id;
  throw new EnforceError('engine', `${JSON.stringify(id.slice(0, 80))} is not a container id`);
}

function networkName(name: string): string {
  const part = pathName(name);
  if (part !== undefined) return part;
  throw new EnforceError('engine', `${JSON.stringify(name.slice(0, 80))} is not the name of a network`);
}
