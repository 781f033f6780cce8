import type { Evidence } from '../model/evidence.ts';
import type { PoweredFile } from '../model/runtime.ts';
import { baseName } from '../model/base-name.ts';

/**
 * What programs ask for by their files. One with effective file capabilities does not start at all where its container
 * lacks one of them, for root neither (security/commoncap.c, get_file_caps); one that is setuid root gives whoever runs it
 * all the container has. A setuid program that nothing runs is in nearly every image and says nothing.
 */
export function evidenceOfFiles(files: readonly PoweredFile[]): readonly Evidence[] {
  return files.flatMap((file) => [...byCapabilities(file), ...bySetuid(file)]);
}

function byCapabilities({ path, isUsed, capabilities }: PoweredFile): readonly Evidence[] {
  if (!capabilities) return [];
  const { permitted, isEffective } = capabilities;
  return permitted.map((capability): Evidence => {
    if (!isEffective) return { capability, class: 'latent', because: `${path} may raise it: its file allows it to` };
    return isUsed
      ? { capability, class: 'exec', because: `${path} does not start without it: its file demands it` }
      : {
          capability,
          class: 'latent',
          program: baseName(path).slice(0, 15),
          because: `without it ${path} would not start: its file demands it`,
        };
  });
}

function bySetuid({ path, isUsed, isSetuidRoot }: PoweredFile): readonly Evidence[] {
  if (!isSetuidRoot || !isUsed) return [];
  const known = SETUID_PROGRAMS.find(({ name }) => name === baseName(path));
  const needs = known?.needs ?? SWITCH;
  return needs.map((capability) => ({
    capability,
    class: known ? 'exec' : 'latent',
    because: `${path} is run, and is setuid root`,
  }));
}

const SWITCH = ['SETGID', 'SETUID'];

/** What they do as root, as far as it is known; of any other only that it will act as another user. */
const SETUID_PROGRAMS: readonly { readonly name: string; readonly needs: readonly string[] }[] = [
  { name: 's6-overlay-suexec', needs: ['CHOWN', ...SWITCH] },
  { name: 'su', needs: SWITCH },
  { name: 'sudo', needs: ['AUDIT_WRITE', ...SWITCH] },
  { name: 'su-exec', needs: SWITCH },
  { name: 'gosu', needs: SWITCH },
  { name: 'ping', needs: ['NET_RAW'] },
  { name: 'pinger', needs: ['NET_RAW'] },
  { name: 'fping', needs: ['NET_RAW'] },
];
