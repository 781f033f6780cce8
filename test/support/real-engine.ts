import { describe } from '@jest/globals';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { busyboxImage, dockerAt, type Docker } from './docker.ts';

/** `describe` for suites that need a real engine: skipped where `npm test` found none. */
export const describeReal = process.env['ENFORCE_REAL_ENGINE'] === '1' ? describe : describe.skip;

/** `describe` for suites that need several real hosts: skipped where `npm test` found that they cannot be made. */
export const describeLab = process.env['ENFORCE_LAB'] === '1' ? describe : describe.skip;

/** The engine that real-engine suites share. Everything a suite makes there has a name that begins with its prefix. */
export interface RealEngine {
  readonly socketPath: string;
  /** `enforce-test-AREA-`. */
  readonly prefix: string;
  readonly docker: Docker;
  /** Sees to it that the engine has the test image, and gives its name. */
  busyboxImage(): Promise<string>;
  inspect(name: string): Promise<ContainerInspect>;
  /** Removes the containers, anonymous volumes included, volumes and networks whose names begin with the prefix. */
  cleanUp(): Promise<void>;
}

/** The shared engine, for the suite of one area. It is not spoken to before a method is called. */
export function realEngine(area: string): RealEngine {
  const socketPath = process.env['ENFORCE_ENGINE_SOCKET'] ?? '/var/run/docker.sock';
  const docker = dockerAt(socketPath);
  const prefix = `enforce-test-${area}-`;
  return {
    socketPath,
    prefix,
    docker,
    busyboxImage: () => busyboxImage(docker),
    inspect: (name) => inspectContainer(docker, name),
    async cleanUp() {
      const named = ['--filter', `name=^/?${prefix}`];
      await removeAll(docker, ['rm', '-f', '-v'], await docker('ps', '-aq', ...named));
      await removeAll(
        docker,
        ['volume', 'rm', '-f'],
        await docker('volume', 'ls', '-q', '--filter', `name=^${prefix}`),
      );
      await removeAll(docker, ['network', 'rm'], await docker('network', 'ls', '-q', '--filter', `name=^${prefix}`));
    },
  };
}

/** A container as Docker's own client shows it. */
export async function inspectContainer(docker: Docker, name: string): Promise<ContainerInspect> {
  const [container] = JSON.parse(await docker('container', 'inspect', name)) as ContainerInspect[];
  if (container === undefined) throw new Error(`docker knows no container ${name}`);
  return container;
}

async function removeAll(docker: Docker, words: readonly string[], printed: string): Promise<void> {
  const names = printed.split('\n').filter((line) => line !== '');
  if (names.length > 0) await docker(...words, ...names);
}
