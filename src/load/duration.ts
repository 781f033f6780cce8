const SECONDS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;

/** Seconds of a length of time as people write it: `10s`, `2m`, `4h`, `7d`, `1h30m`, or 0; undefined for anything else. */
export function parseDuration(value: string | number): number | undefined {
  if (value === 0 || value === '0') return 0;
  const match = /^(?:(?<d>\d{1,5})d)?(?:(?<h>\d{1,6})h)?(?:(?<m>\d{1,7})m)?(?:(?<s>\d{1,8})s)?$/.exec(String(value));
  if (!match?.groups || match[0] === '') return undefined;
  const parts: Readonly<Record<string, string | undefined>> = match.groups;
  return Object.entries(SECONDS).reduce((sum, [unit, seconds]) => sum + Number(parts[unit] ?? 0) * seconds, 0);
}
