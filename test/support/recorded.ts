import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readContainer } from '../../src/engine/answers.ts';
import { parseJson } from '../../src/engine/json-text.ts';
import type { ContainerInspect } from '../../src/model/snapshot.ts';
import { ROOT } from './source-file.ts';

/** An inspect that engine 20.10.24 answered, read as the product reads it; `shop` has nearly every setting there is. */
export function recorded(name: 'web' | 'shop' | 'bare' | 'lodger' | 'host' | 'uts' | 'linked'): ContainerInspect {
  return readContainer(parseJson(readFileSync(join(ROOT, 'test/fixtures/inspect', `${name}.json`), 'utf8')));
}
