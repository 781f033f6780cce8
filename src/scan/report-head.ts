/** What each of enforce's scripts says of itself: on which host it ran, and whether it came to its end. */
export function reportHead(lines: readonly string[]): {
  readonly kernel: string | undefined;
  readonly hostName: string | undefined;
  readonly isWhole: boolean;
} {
  return {
    kernel: after('sys/kernel/osrelease:', lines),
    hostName: after('sys/kernel/hostname:', lines),
    isWhole: lines.at(-1) === '' && lines.at(-2) === 'end',
  };
}

function after(prefix: string, lines: readonly string[]): string | undefined {
  return lines.find((line) => line.startsWith(prefix))?.slice(prefix.length);
}
