import type { Clock } from '../../src/apply/tools.ts';
import { LOCK_NAME } from '../../src/model/names.ts';
import type { EmbeddedFleet } from './embedded-fleet.ts';
import { fakeClock } from './fake-clock.ts';
import { type Ended, type Operator, operatorOf, QUICK_PLAYBOOK } from './operator.ts';
import { shopFleet } from './shop-fleet.ts';

/** Hosts whose clocks show what the operator's does, and somebody who has a playbook with windows. */
export interface WindowFleet {
  readonly fleet: EmbeddedFleet;
  readonly operator: Operator;
  /** Runs a command that begins at a moment. */
  at(moment: string, command: string, ...words: readonly string[]): Promise<Ended>;
  /** The clock of the command that was begun last. */
  readonly clock: () => Clock;
  leave(): Promise<void>;
}

/** Five changes fit into the hour from Sunday 05:00, UTC. */
export const SUNDAYS = '{ name: sundays, schedule: "0 5 * * SUN", duration: 1h, timezone: UTC }';

/** Starts one; `ahead` is by how many seconds the clocks of hosts differ. */
export async function windowFleet(
  names: readonly string[],
  windows: string = SUNDAYS,
  ahead: Readonly<Record<string, number>> = {},
): Promise<WindowFleet> {
  let clock = fakeClock();
  const clockOf = (name: string) => ({
    now: () => new Date(Date.parse(clock.timestamp()) + (ahead[name] ?? 0) * 1000),
  });
  const fleet = await shopFleet(names, Object.fromEntries(names.map((name) => [name, clockOf(name)])));
  const operator = operatorOf(fleet, `${QUICK_PLAYBOOK}windows: [${windows}]\n`);
  return {
    fleet,
    operator,
    at(moment, command, ...words) {
      clock = fakeClock(moment);
      return operator.run(operator.words(command, ...words), { clock, now: new Date(moment) });
    },
    clock: () => clock,
    async leave() {
      operator.leave();
      await fleet.close();
    },
  };
}

/** Lets time pass while a host makes its nth container. */
export function slowly({ fleet, clock }: WindowFleet, host: string, seconds: number, nth = 1): void {
  let made = 0;
  fleet.engine(host).afterEach = ({ path, subject }) => {
    if (path === '/containers/create' && subject !== LOCK_NAME && ++made === nth) void clock().delay(seconds * 1000);
  };
}
