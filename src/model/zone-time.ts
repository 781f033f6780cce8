/** The clock on the wall of a time zone. Wall times are milliseconds, as if what it shows were UTC. */
export interface ZoneTime {
  /** What the clock shows at an instant. */
  readonly wallAt: (instant: number) => number;
  /**
   * When the clock first shows this or more: a time that it leaps over is when it leaps, one that it shows twice is the
   * first of them.
   */
  readonly firstAt: (wall: number) => number;
  /** The same, but of a time that it shows twice the second. */
  readonly lastAt: (wall: number) => number;
}

const MINUTE = 60_000;
/** Further than any two zones, and any two changes of a clock, are apart from the time they name. */
const AROUND = 36 * 60 * MINUTE;

/** The clock of a zone that `Intl` knows. */
export function zoneTime(zone: string): ZoneTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const wallAt = (instant: number): number => {
    const second = Math.floor(instant / 1000) * 1000;
    const shown = new Map(format.formatToParts(second).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
    return (
      Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) + (instant - second)
    );
  };
  const offsetAt = (instant: number): number => wallAt(instant) - instant;
  const shownAt = (wall: number): readonly [first: number, last: number] => {
    const [before, after] = [offsetAt(wall - AROUND), offsetAt(wall + AROUND)];
    const shown = [wall - before, wall - after].filter((instant) => wallAt(instant) === wall);
    if (shown.length > 0) return [Math.min(...shown), Math.max(...shown)];
    const leap = firstReaching(wall, wall - after, wall - before, wallAt);
    return [leap, leap];
  };
  return { wallAt, firstAt: (wall) => shownAt(wall)[0], lastAt: (wall) => shownAt(wall)[1] };
}

/** The minute at which a clock that leaps between two instants has come to show so much. */
function firstReaching(wall: number, earlier: number, later: number, wallAt: ZoneTime['wallAt']): number {
  let [low, high] = [Math.floor(earlier / MINUTE), Math.ceil(later / MINUTE)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallAt(middle * MINUTE) >= wall) high = middle;
    else low = middle;
  }
  return high * MINUTE;
}
