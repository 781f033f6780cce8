import type { Known } from '../../src/model/machine.ts';
import type { ProcessFacts, ProcessIds, RuntimeFacts } from '../../src/model/runtime.ts';

/** What a test knows of a running container: what it does not say is known to be nothing, and every port is free. */
export function aRuntime(values: Partial<Values> = {}): RuntimeFacts {
  return {
    processes: { known: true, value: values.processes ?? [] },
    listeners: { known: true, value: values.listeners ?? [] },
    firstFreePort: { known: true, value: values.firstFreePort ?? 0 },
    poweredFiles: { known: true, value: values.poweredFiles ?? [] },
    searchedFolders: { known: true, value: values.searchedFolders ?? [] },
    startTexts: { known: true, value: values.startTexts ?? [] },
    mountedFolders: { known: true, value: values.mountedFolders ?? [] },
    madeFiles: { known: true, value: values.madeFiles ?? [] },
  };
}

type Values = { readonly [Fact in keyof RuntimeFacts]: Extract<RuntimeFacts[Fact], { readonly known: true }>['value'] };

/** A running container of which nothing could be read. */
export function unknownRuntime(because: string): RuntimeFacts {
  const fact: Known<never> = { known: false, because };
  return {
    processes: fact,
    listeners: fact,
    firstFreePort: fact,
    poweredFiles: fact,
    searchedFolders: fact,
    startTexts: fact,
    mountedFolders: fact,
    madeFiles: fact,
  };
}

/** A process of root's in a container that has CHOWN and NET_RAW. */
export function aProcessOf(name: string, different: Partial<ProcessFacts> = {}): ProcessFacts {
  return {
    pid: 4711,
    parent: 1,
    name,
    executable: `/usr/sbin/${name}`,
    userIds: sameIds(0),
    groupIds: sameIds(0),
    groups: [],
    permitted: ['CHOWN', 'NET_RAW'],
    effective: ['CHOWN', 'NET_RAW'],
    bounding: ['CHOWN', 'NET_RAW'],
    ambient: [],
    hasNoNewPrivileges: false,
    ...different,
  };
}

/** All four ids of a process that has only one. */
export function sameIds(id: number): ProcessIds {
  return { real: id, effective: id, saved: id, filesystem: id };
}

/** One that runs as this user and has lost what root has. */
export function aPlainProcess(name: string, user: number, different: Partial<ProcessFacts> = {}): ProcessFacts {
  return aProcessOf(name, {
    userIds: sameIds(user),
    groupIds: sameIds(user),
    permitted: [],
    effective: [],
    ...different,
  });
}

/** What is known; a test that asks for what is not fails with the reason. */
export function valueOf<Value>(fact: Known<Value> | undefined): Value {
  if (fact?.known === true) return fact.value;
  throw new Error(fact?.because ?? 'nothing was read');
}
