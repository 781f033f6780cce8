import { describe, expect, test } from '@jest/globals';
import { parseObservations } from '../../src/load/observation-file.ts';
import { jsonText } from '../../src/report/json-text.ts';
import { observationFile, observationsDocument } from '../../src/report/observation-document.ts';
import { observationText } from '../../src/report/observation-text.ts';
import { anObservation } from '../support/an-observation.ts';

const NOW = '2026-11-22T21:09:11.000Z';

describe('the text of an observation', () => {
  test('tells who used what in which call, what was refused, and what was not seen', () => {
    const text = observationText([{ host: 'web-1', observations: [anObservation()] }], { colors: false });

    expect(text.split('\n')).toEqual([
      'web-1/shop  watched for 10 min, from its start on',
      '  used      CHOWN         chown in fchownat  4× at start',
      '  used      SETUID        gosu               1×',
      '  refused   DAC_OVERRIDE  find in openat     2×',
      '  declared  NET_BIND_SERVICE, which chronyd kept for itself',
      '  refused   a program that sh was to run: a file capability of it could not be had',
      '  refused   SYS_CHROOT  sshd in chroot',
      '  lost      7 events',
      '  not seen  what it does on Sundays',
      '',
    ]);
  });

  test('says plainly that nothing was used', () => {
    const nothing = anObservation({ uses: [], refusals: [], declared: [], refusedPrograms: [], refusedChroots: [] });

    expect(observationText([{ host: 'web-1', observations: [nothing] }], { colors: false })).toContain(
      'used      no capability',
    );
  });
});

describe('the document of an observation', () => {
  test('has every part, and names the hosts that were not observed', () => {
    const document = observationsDocument(
      [{ host: 'web-1', observations: [anObservation()] }],
      [{ host: 'web-2', because: 'no shell' }],
      NOW,
    );

    expect(document).toMatchObject({
      complete: false,
      observations: [{ host: 'web-1', container: 'shop', saw_start: true, lost_events: 7, probe: 'tracepoint' }],
      not_observed: [{ host: 'web-2', because: 'no shell' }],
    });
  });

  test('that is kept comes back as it was', () => {
    const observations = [anObservation(), anObservation({ sawStart: false, lostEvents: 0 })];

    const text = jsonText(observationFile('web-1', 'ENGINE', observations, NOW));

    expect(parseObservations(text, 'shop.json')).toEqual({ host: 'web-1', engineId: 'ENGINE', observations });
  });
});
