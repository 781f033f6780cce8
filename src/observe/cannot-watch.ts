import { EnforceError } from '../model/errors.ts';

const WITHOUT =
  'without it, a plan goes by the configuration and by what is known of the image; pin the capabilities in the playbook where that is not enough';

/** Why nothing can be watched over a connection that has no shell. */
export function awayFromHere(host: string): EnforceError {
  return new EnforceError('usage', `${host} is reached without a shell, and only its own kernel tells what is used`, {
    hint: `reach it over ssh (docker: ssh://USER@HOST); ${WITHOUT}`,
  });
}

/** Why a host's script refused to begin. */
export function cannotBegin(because: string, host: string): EnforceError {
  switch (because) {
    case 'root':
      return new EnforceError('permission', `only root may read the kernel events of ${host}`, {
        hint: `become: true in the inventory (sudo -n), or log in as root; ${WITHOUT}`,
      });
    case 'tracefs':
      return new EnforceError(
        'usage',
        `the kernel of ${host} lets nobody trace: it has no tracefs, or is locked down`,
        {
          hint: WITHOUT,
        },
      );
    default:
      return new EnforceError('usage', `the kernel of ${host} has no event for capabilities (${because})`, {
        hint: `it needs kprobes (with BTF, or credentials in the usual order), or Linux 6.14; ${WITHOUT}`,
      });
  }
}

/** Why one container cannot be watched. */
export function cannotWatch(because: 'elsewhere' | 'unmade', container: string, host: string): EnforceError {
  if (because === 'elsewhere')
    return new EnforceError('usage', `the shell of ${host} does not see the processes of ${container}`, {
      hint: `they run in a virtual machine (Docker Desktop), or enforce or its shell run in a container; ${WITHOUT}`,
    });
  return new EnforceError('usage', `the kernel of ${host} gave no buffer to watch ${container} with`, {
    hint: `too many may be in use already: ls /sys/kernel/tracing/instances; ${WITHOUT}`,
  });
}
