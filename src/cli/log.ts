import type { Writable } from 'node:stream';
import { plainText } from '../report/plain-text.ts';
import { redacted } from './redacted.ts';

/** What enforce tells of its own doing, for the one who has to find out why. It goes to stderr and never to a journal. */
export interface Log {
  error(message: string, details?: LogDetails): void;
  warn(message: string, details?: LogDetails): void;
  info(message: string, details?: LogDetails): void;
  debug(message: string, details?: LogDetails): void;
  /** Returns when everything is written; a process that ends before loses lines. */
  close(): Promise<void>;
}

/** Whatever goes with a message; secrets are taken out and errors are told in full. */
export type LogDetails = Readonly<Record<string, unknown>>;

/** Levels, the gravest first. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** How much is logged: `-q` only errors, `-v` what is done, `-vv` everything. */
export function logLevel({ quiet, verbose }: { readonly quiet: boolean; readonly verbose: number }): LogLevel {
  if (quiet) return 'error';
  if (verbose === 0) return 'warn';
  return verbose === 1 ? 'info' : 'debug';
}

/** A log to the given stream. winston is loaded here and not before, as it costs more than a whole `--help`. */
export async function createLog(stream: Writable, level: LogLevel): Promise<Log> {
  const { default: winston } = await import('winston');
  const lines = winston.format.printf((entry) => logLine(entry.level, entry.message, entry['details']));
  const logger = winston.createLogger({
    level,
    format: lines,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston's own types forget its base class
    transports: [new winston.transports.Stream({ stream })],
  });
  // Without a listener, a stderr that is closed would end the whole program.
  logger.on('error', () => undefined);
  const write = (at: LogLevel) => (message: string, details?: LogDetails) =>
    void logger.log({ level: at, message, details });
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    close: async () => {
      await new Promise<void>((resolve) => {
        logger.once('finish', resolve);
        logger.end();
      });
      // winston is done once it has handed everything over; the stream when it calls back.
      await new Promise<void>((resolve) => {
        stream.write('', () => resolve());
      });
    },
  };
}

/** The log a command writes: nothing at all, and winston not even loaded, unless it was asked to say more. */
export async function logFor(
  loudness: { readonly quiet: boolean; readonly verbose: number },
  stream: Writable,
): Promise<Log> {
  return loudness.verbose > 0 ? await createLog(stream, logLevel(loudness)) : SILENT;
}

const SILENT: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  close: () => Promise.resolve(),
};

function logLine(level: string, message: unknown, details: unknown): string {
  const start = `${level.padEnd(5)} ${plainText(redacted(message), 2000)}`;
  if (details === undefined) return start;
  const members = Object.entries(redacted(details) as LogDetails);
  return [start, ...members.map(([key, value]) => `${plainText(key, 64)}=${plainText(detailText(value), 2000)}`)].join(
    ' ',
  );
}

function detailText(value: unknown): string {
  return typeof value === 'string' && /^[\w.:/@[\]-]+$/.test(value) ? value : JSON.stringify(value);
}
