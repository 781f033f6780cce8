import fc from 'fast-check';
import { anyText, some } from './any-value.ts';
import type { Part } from './container-case.ts';

/** A script that waits and ends at once when it is told to, as process 1 too. */
export const WAIT = `trap 'exit 0' TERM INT HUP QUIT USR1; /bin/sleep 86400 & wait`;

/** What runs in a container: image, command, environment, labels, user, terminal, signals, health check. */
export function anyProcess(): fc.Arbitrary<Part> {
  return fc
    .tuple(fc.oneof(plainCommand, ladenCommand), settings(), fc.option(healthcheck, { nil: undefined }))
    .map(([command, config, Healthcheck]) => ({
      config: { ...config, ...command, ...(Healthcheck === undefined ? {} : { Healthcheck }) },
    }));
}

/** An image that has nothing but a command. */
const plainCommand = fc.constantFrom(
  { Image: '@PLAIN@' },
  { Image: '@PLAIN@', Cmd: ['/bin/sh', '-c', WAIT, 'ärgument', '', '{{.ID}} $HOME "x"'] },
  { Image: '@PLAIN@', Entrypoint: ['/bin/sh', '-c'], Cmd: [WAIT] },
  { Image: '@PLAIN@', Entrypoint: ['/bin/sh', '-c', WAIT] },
  { Image: '@PLAIN@', Entrypoint: [''], Cmd: ['/bin/sh', '-c', WAIT] },
);

/** An image with an entrypoint, a command, an environment, volumes, ports, a health check, a user's shell of its own. */
const ladenCommand = fc.constantFrom(
  { Image: '@LADEN@' },
  { Image: '@LADEN@', Cmd: [WAIT] },
  { Image: '@LADEN@', Cmd: [WAIT, 'second'] },
  { Image: '@LADEN@', Entrypoint: [''], Cmd: ['/bin/sh', '-c', WAIT] },
  { Image: '@LADEN@', Entrypoint: [], Cmd: ['/bin/sh', '-c', WAIT] },
  { Image: '@LADEN@', Entrypoint: ['/bin/sh', '-c', WAIT] },
  { Image: '@LADEN@', Entrypoint: ['/bin/sh'], Cmd: ['-c', WAIT] },
);

function settings() {
  return some({
    Env: fc.array(anyVariable, { maxLength: 5 }),
    Labels: fc.dictionary(
      fc.oneof(fc.constantFrom('com.example.team', 'constructor', '__proto__'), anyText(1)),
      anyText(),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
    User: fc.constantFrom('', '0', '33', 'www', 'www:www', '33:33', '1234:5678'),
    WorkingDir: fc.constantFrom('/', '/tmp', '/srv/not there yet', '/data'),
    Hostname: fc.constantFrom('db-1', 'db-1.example.com', 'UPPER', 'abcdefabcdef'),
    Domainname: fc.constantFrom('example.com', 'a.b'),
    Tty: fc.boolean(),
    OpenStdin: fc.boolean(),
    StdinOnce: fc.boolean(),
    AttachStdin: fc.boolean(),
    AttachStdout: fc.boolean(),
    AttachStderr: fc.boolean(),
    StopSignal: fc.constantFrom('', 'SIGTERM', 'SIGINT', 'INT', '2', '15', 'SIGKILL', 'SIGUSR1'),
    StopTimeout: fc.constantFrom(1, 2, 3, 90),
    Shell: fc.constantFrom(['/bin/sh', '-c'], ['/bin/ash', '-ec']),
    OnBuild: fc.constantFrom(['RUN true'], []),
    ArgsEscaped: fc.boolean(),
  });
}

const variableName = fc.oneof(
  fc.constantFrom('A', 'B', 'MODE', 'PATH', 'ÜBER', 'with space', 'x.y-z', '__proto__'),
  anyText(1).map((text) => text.replaceAll('=', '_')),
);

const anyVariable = fc.oneof(
  fc.tuple(variableName, anyText()).map(([name, value]) => `${name}=${value}`),
  variableName.map((name) => `${name}=`),
  // Without a sign it takes away what the image has of that name.
  variableName,
);

const SECOND = 1_000_000_000;

/** Never without an interval where there is something to run: the engine's own is half a minute. */
const healthcheck = fc.oneof(
  fc.constantFrom({}, { Test: [] }, { Test: ['NONE'] }, { Interval: SECOND / 2 }),
  some({
    Test: fc.constantFrom(['CMD', '/bin/true'], ['CMD-SHELL', 'test -e / && exit 0'], ['NONE']),
    Interval: fc.constantFrom(SECOND / 5, SECOND / 2),
    Timeout: fc.constantFrom(0, SECOND, 30 * SECOND),
    StartPeriod: fc.constantFrom(0, SECOND),
    Retries: fc.nat(5),
  }).map((check) => ({ Interval: SECOND / 5, ...check })),
);
