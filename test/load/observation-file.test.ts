import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { observationFolder, parseObservations, readObservations } from '../../src/load/observation-file.ts';
import { jsonText } from '../../src/report/json-text.ts';
import { observationFile } from '../../src/report/observation-document.ts';
import { anObservation } from '../support/an-observation.ts';

const SHOP = anObservation();
const FILE = jsonText(observationFile('web-1', 'ENGINE', [SHOP], '2026-11-22T21:09:11.000Z'));

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'enforce-observations-'));
});
afterEach(() => rmSync(state, { recursive: true }));

function keep(text: string, engineId = 'ENGINE'): void {
  const folder = observationFolder(state, engineId);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${SHOP.id}.json`), text);
}

describe('the observations of a container', () => {
  test('are read for the engine and the container they are of', async () => {
    keep(FILE);

    expect(await readObservations(state, 'ENGINE', SHOP.id)).toEqual([SHOP]);
  });

  test('are none where it was never observed', async () => {
    expect(await readObservations(state, 'ENGINE', SHOP.id)).toEqual([]);
    expect(await readObservations(join(state, 'nowhere'), 'ENGINE', SHOP.id)).toEqual([]);
  });

  test('are none where the file is another engine’s, or the id is no id', async () => {
    keep(FILE, 'ANOTHER');

    expect(await readObservations(state, 'ANOTHER', SHOP.id)).toEqual([]);
    expect(await readObservations(state, 'ENGINE', '../../etc/passwd')).toEqual([]);
  });

  test('are in a folder that no engine can choose', () => {
    expect(observationFolder('/state', '../../etc')).toMatch(/^\/state\/observations\/[0-9a-f]{32}$/);
  });

  test.each([
    ['no JSON', '{', 'is not JSON'],
    ['another major version', FILE.replace('"1.0"', '"2.0"'), 'format_version'],
    ['a word that is no capability', FILE.replace('"CHOWN"', '"; rm -rf /"'), 'observations'],
    ['a phase there is not', FILE.replace('"start"', '"boot"'), 'phase'],
    ['a count below nothing', FILE.replace('"times": 4', '"times": -4'), 'times'],
  ])('with %s are refused with the file and the place', (_what, text, place) => {
    expect(() => parseObservations(text, 'shop.json')).toThrow(
      expect.objectContaining({ code: 'bad-observation', message: expect.stringContaining(place) }),
    );
  });
});
