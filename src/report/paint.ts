/** What a piece of text means; the colour follows from it. */
export type Tone = 'good' | 'change' | 'bad' | 'strong' | 'faint';

/** Colours a text by what it means, or leaves it as it is. */
export type Paint = (tone: Tone, text: string) => string;

/** A painter for output that takes colours, or one that leaves every text alone. Pad first, then paint. */
export function painter(colors: boolean): Paint {
  return colors ? (tone, text) => `\u001b[${CODES[tone]}m${text}\u001b[0m` : (_tone, text) => text;
}

const CODES: Readonly<Record<Tone, number>> = { good: 32, change: 33, bad: 31, strong: 1, faint: 2 };
