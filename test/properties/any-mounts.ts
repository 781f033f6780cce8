import fc from 'fast-check';
import type { JsonObject } from '../../src/model/json.ts';
import type { Part } from './container-case.ts';

/** What is mounted in a container: each place in one of the ways there are, and what another container lends. */
export function anyMounts(): fc.Arbitrary<Part> {
  return fc
    .tuple(
      fc.uniqueArray(fc.tuple(fc.constantFrom(...PLACES), way), { selector: ([place]) => place, maxLength: 5 }),
      fc.option(fc.constantFrom('@ANCHOR@', '@ANCHOR@:ro', '@ANCHOR-ID@', '@ANCHOR-ID@:rw'), {
        nil: undefined,
        freq: 8,
      }),
    )
    .map(([mounts, from]) =>
      partOf(
        mounts.map(([place, asked]) => asked(place)),
        from,
      ),
    );
}

/** Folders of the image with and without files, folders that are not there yet, and folders in one another. */
const PLACES = ['/data', '/data/inner', '/cache', '/srv/a', '/srv/a/b', '/srv/with space', '/opt/ünï', '/www'] as const;

/** One mount in one of the four places a create call has for it. */
interface Asked {
  readonly bind?: string;
  readonly mount?: JsonObject;
  readonly tmpfs?: readonly [place: string, options: string];
  readonly volume?: string;
}

const name = fc.constantFrom('@NAME@-one', '@NAME@-two', '@NAME@-three');
const source = fc.constantFrom('@FOLDER@', '@FOLDER@/inner', '@FOLDER@/with space');

const bindMode = fc.constantFrom('', ':rw', ':ro', ':nocopy', ':ro,nocopy', ':z');
const folderMode = fc.constantFrom('', ':rw', ':ro', ':private', ':ro,rprivate', ':cached', ':delegated');

const way: fc.Arbitrary<(place: string) => Asked> = fc.oneof(
  fc.tuple(name, bindMode).map(([from, mode]) => (place: string) => ({ bind: `${from}:${place}${mode}` })),
  fc.tuple(source, folderMode).map(([from, mode]) => (place: string) => ({ bind: `${from}:${place}${mode}` })),
  fc.constant((place: string) => ({ bind: place })),
  fc.constantFrom('', '/').map((end) => (place: string) => ({ volume: `${place}${end}` })),
  fc
    .constantFrom('', 'rw,size=65536k', 'ro', 'mode=1770,uid=33', 'noexec,nosuid')
    .map((options) => (place: string) => ({ tmpfs: [place, options] as const })),
  volumeRequest(),
  bindRequest(),
  tmpfsRequest(),
);

function volumeRequest() {
  return fc
    .tuple(
      fc.option(name, { nil: undefined }),
      fc.option(fc.boolean(), { nil: undefined }),
      fc.option(
        fc.constantFrom<JsonObject>(
          {},
          { NoCopy: true },
          { NoCopy: false, Labels: { 'com.example.of': 'a volume' } },
          { DriverConfig: { Name: 'local', Options: {} } },
          { DriverConfig: { Name: 'local', Options: { type: 'none', device: '@FOLDER@/inner', o: 'bind' } } },
        ),
        { nil: undefined },
      ),
    )
    .map(([from, isReadOnly, options]) => (Target: string) => ({
      mount: {
        Type: 'volume',
        Target,
        ...(from === undefined ? {} : { Source: from }),
        // The engine has no way to fill a volume without a name that is not written to.
        ...(isReadOnly === undefined || from === undefined ? {} : { ReadOnly: isReadOnly }),
        // Options with a device of its own would be mounted over what the name has already.
        ...(options === undefined || (from !== undefined && options['DriverConfig']) ? {} : { VolumeOptions: options }),
      },
    }));
}

function bindRequest() {
  return fc
    .tuple(
      source,
      fc.option(fc.boolean(), { nil: undefined }),
      fc.option(fc.constantFrom('private', 'rprivate'), { nil: undefined }),
      fc.option(fc.boolean(), { nil: undefined }),
    )
    .map(([Source, isReadOnly, Propagation, NonRecursive]) => (Target: string) => ({
      mount: {
        Type: 'bind',
        Target,
        Source,
        ...(isReadOnly === undefined ? {} : { ReadOnly: isReadOnly }),
        ...(Propagation === undefined && NonRecursive === undefined
          ? {}
          : {
              BindOptions: {
                ...(Propagation === undefined ? {} : { Propagation }),
                ...(NonRecursive === undefined ? {} : { NonRecursive }),
              },
            }),
      },
    }));
}

function tmpfsRequest() {
  return fc
    .constantFrom<JsonObject | undefined>(undefined, {}, { SizeBytes: 1_048_576 }, { SizeBytes: 65_536, Mode: 0o1770 })
    .map((options) => (Target: string) => ({
      mount: { Type: 'tmpfs', Target, ...(options === undefined ? {} : { TmpfsOptions: options }) },
    }));
}

function partOf(asked: readonly Asked[], from: string | undefined): Part {
  const pick = <Field extends keyof Asked>(field: Field): readonly NonNullable<Asked[Field]>[] =>
    asked.flatMap((one) => (one[field] === undefined ? [] : [one[field]]));
  const volumes = Object.fromEntries(pick('volume').map((place) => [place, {}]));
  const host: JsonObject = {
    ...(pick('bind').length > 0 ? { Binds: pick('bind') } : {}),
    ...(pick('mount').length > 0 ? { Mounts: pick('mount') } : {}),
    ...(pick('tmpfs').length > 0 ? { Tmpfs: Object.fromEntries(pick('tmpfs')) } : {}),
    ...(from === undefined ? {} : { VolumesFrom: [from] }),
  };
  return { host, ...(pick('volume').length > 0 ? { config: { Volumes: volumes } } : {}) };
}
