import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Docker's own set: what a container holds where nobody said anything. */
export const DEFAULT = [
  ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ['NET_BIND_SERVICE', 'NET_RAW', 'SYS_CHROOT', 'MKNOD', 'AUDIT_WRITE', 'SETFCAP'],
].flat();

/** The cases of every file in the folders, by name: each exports `service`, which CASES.md describes. */
export async function readCases(folders) {
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.mjs'))
      .map((name) => resolve(join(folder, name))),
  );
  const cases = [];
  for (const file of files.sort()) {
    const { service } = await import(file);
    cases.push(...casesOf(service));
  }
  return cases;
}

/** One service in each of the states it is tried in; what a case says itself wins over what its service says. */
function casesOf({ cases = { '': {} }, ...service }) {
  return Object.entries(cases).map(([state, own]) => {
    const whole = { packages: [], volumes: {}, network: 'bridge', extra: [], deadline: 8, ...service, ...own };
    const name = state === '' ? service.name : `${service.name}-${state}`;
    return { ...whole, image: whole, case: name, isHeldOut: isHeldOut(service.name) };
  });
}

/**
 * Fixed before anything was tuned: a service is held back where the first four bytes of its name's SHA-256 are divisible
 * by three. All cases of a service are on the same side.
 */
function isHeldOut(name) {
  return createHash('sha256').update(name).digest().readUInt32BE(0) % 3 === 0;
}
