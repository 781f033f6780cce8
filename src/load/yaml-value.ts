import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { EnforceError } from '../model/errors.ts';
import type { Path, Problem } from './problem.ts';

/** Plain data, and where in the text each part of it begins. */
export interface YamlValue {
  readonly value: unknown;
  readonly offsetOf: (path: Path) => number;
}

/** A part of the document as data, and how many parts it has when every alias is written out. */
interface Part {
  readonly value: unknown;
  readonly size: number;
}

/** What is written out may be this large; a file of 1 MiB without aliases stays below it. */
const MAXIMUM_SIZE = 1_000_000;

/**
 * Turns parsed YAML into data. Anchors, aliases and merge keys are resolved here and not by the parser, so that an
 * alias bomb is counted before it is written out, and a repeated key is told with both of its lines.
 */
export function readYamlValue(
  root: Node,
  lineAt: (offset: number) => number,
  fail: (problem: Problem) => EnforceError,
): YamlValue {
  const anchors = new Map<string, { readonly node: Node; part: Part | undefined }>();
  const meanings = new Map<Alias, Node>();
  const pairs = new Map<Node, ReadonlyMap<string, Pair>>();

  const failAt = (node: unknown, path: Path, text: string): EnforceError =>
    fail({ line: lineAt(startOf(node)), path, text });

  function read(node: unknown, path: Path): Part {
    if (isAlias(node)) return readAlias(node, path);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor === undefined) return readPlain(node, path);
    const entry: { readonly node: Node; part: Part | undefined } = { node: node as Node, part: undefined };
    anchors.set(anchor, entry);
    entry.part = readPlain(node, path);
    return entry.part;
  }

  function readAlias(alias: Alias, path: Path): Part {
    const entry = anchors.get(alias.source);
    if (entry === undefined)
      throw failAt(alias, path, `*${alias.source} refers to nothing; expected an anchor above it`);
    if (entry.part === undefined) throw failAt(alias, path, `*${alias.source} contains itself; expected an end`);
    meanings.set(alias, entry.node);
    return entry.part;
  }

  function readPlain(node: unknown, path: Path): Part {
    if (isMap(node)) return readMap(node, path);
    if (isSeq(node)) {
      const items = node.items.map((item, index) => read(item, [...path, index]));
      return bounded(node, path, { value: items.map((item) => item.value), size: sizeOf(items) });
    }
    return { value: isScalar(node) ? node.value : null, size: 1 };
  }

  function readMap(map: YAMLMap, path: Path): Part {
    const value: Record<string, unknown> = {};
    const byKey = new Map<string, Pair>();
    const merged: unknown[] = [];
    const parts: Part[] = [];
    for (const pair of map.items) {
      const key = keyOf(pair, path);
      const first = byKey.get(key);
      if (first !== undefined) {
        const text = `the key is already on line ${lineAt(startOf(first.key))}; expected it once`;
        throw failAt(pair.key, [...path, key], text);
      }
      byKey.set(key, pair);
      const part = read(pair.value, [...path, key]);
      parts.push(part);
      if (key === '<<') merged.push(...(Array.isArray(part.value) ? (part.value as unknown[]) : [part.value]));
      else value[key] = part.value;
    }
    for (const source of merged) {
      if (typeof source !== 'object' || source === null || Array.isArray(source)) {
        throw failAt(map, [...path, '<<'], 'merges something that is not a mapping; expected *ANCHOR of a mapping');
      }
      for (const [key, inherited] of Object.entries(source)) if (!Object.hasOwn(value, key)) value[key] = inherited;
    }
    pairs.set(map, byKey);
    return bounded(map, path, { value, size: sizeOf(parts) });
  }

  function keyOf(pair: Pair, path: Path): string {
    const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
    if (key === undefined) throw failAt(pair.key, path, 'a key that is not plain text; expected a word');
    if (key === '__proto__') throw failAt(pair.key, [...path, key], 'this key is not allowed; expected another name');
    return key;
  }

  function bounded(node: Node, path: Path, part: Part): Part {
    if (part.size <= MAXIMUM_SIZE) return part;
    throw failAt(node, path, 'aliases multiply to more than a million parts; expected a file that a person wrote');
  }

  function offsetOf(path: Path): number {
    let node: unknown = root;
    let offset = startOf(root);
    for (const step of path) {
      if (isAlias(node)) node = meanings.get(node);
      const pair = isMap(node) ? pairs.get(node)?.get(String(step)) : undefined;
      const next: unknown = pair?.value ?? (isSeq(node) ? node.items[Number(step)] : undefined);
      if (pair === undefined && next === undefined) break;
      offset = startOf(pair?.key ?? next);
      node = next;
    }
    return offset;
  }

  const { value } = read(root, []);
  return { value, offsetOf };
}

function startOf(node: unknown): number {
  return (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined) ?? 0;
}

function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + part.size, 1);
}
