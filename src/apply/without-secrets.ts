import type { ContainerInspect } from '../model/snapshot.ts';

/** Shorter values stand in ordinary words too, and taking them out would leave nothing to read. */
const SHORTEST = 6;

/** What a container or its engine said, with the values of the container's environment replaced by their names. */
export function withoutSecrets(text: string, { Config }: ContainerInspect): string {
  return (Config.Env ?? [])
    .map((entry) => ({ name: entry.slice(0, entry.indexOf('=')), value: entry.slice(entry.indexOf('=') + 1) }))
    .filter(({ name, value }) => name !== '' && name !== 'PATH' && value.length >= SHORTEST)
    .toSorted((a, b) => b.value.length - a.value.length)
    .reduce((safe, { name, value }) => safe.replaceAll(value, `[${name}]`), text);
}
