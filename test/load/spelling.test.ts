import { describe, expect, test } from '@jest/globals';
import { readCron } from '../../src/model/cron.ts';
import { parseDuration } from '../../src/load/duration.ts';
import { nearest } from '../../src/load/nearest.ts';
import { splitWords } from '../../src/load/split-words.ts';

describe('a length of time', () => {
  test.each([
    ['10s', 10],
    ['2m', 120],
    ['4h', 14_400],
    ['7d', 604_800],
    ['1h30m', 5_400],
    ['1d2h3m4s', 93_784],
    ['0s', 0],
    [0, 0],
  ])('%p is %i seconds', (written, seconds) => {
    expect(parseDuration(written)).toBe(seconds);
  });

  test.each(['', '10', 10, '-1s', '1.5h', '30m1h', '1h 30m', '1H', '5w', `${'9'.repeat(40)}d`])(
    '%p is none',
    (written) => {
      expect(parseDuration(written)).toBeUndefined();
    },
  );
});

describe('a cron schedule', () => {
  test.each([
    '0 22 * * SAT',
    '*/15 0-5,22-23 * * mon-fri',
    '30 2 1 * *',
    '0 0 L * *',
    '0 0 15W * *',
    '0 22 * * TUE#2',
    '0 22 * * 5L',
    '0 0 1 JAN-MAR *',
    '5/10 * * * *',
  ])('%s is right', (schedule) => {
    expect(readCron(schedule)).toMatchObject({ known: true });
  });

  test.each([
    ['@weekly', 'has 1 fields'],
    ['0 24 * * *', 'has "24" as hour'],
    ['0 22 0 * *', 'has "0" as day of the month'],
    ['0 22 * FEB-JAN *', 'has "FEB-JAN" as month'],
    ['0 22 * * SAT-SUN', 'has "SAT-SUN" as day of the week'],
    ['0 22 * * FOO', 'has "FOO" as day of the week'],
    ['*/0 * * * *', 'has "*/0" as minute'],
    ['0 22 * * TUE#6', 'has "TUE#6" as day of the week'],
    ['0 22 1 * MON', 'names days of the month and of the week'],
  ])('%s is wrong', (schedule, because) => {
    expect(readCron(schedule)).toEqual({ known: false, because: expect.stringContaining(because) });
  });
});

describe('the nearest known word', () => {
  test.each([
    ['nmae', 'name'],
    ['dokcer', 'docker'],
    ['HOSTS', 'hosts'],
    ['rulse', 'rules'],
    ['x', undefined],
    ['region', undefined],
    ['n'.repeat(100_000), undefined],
  ])('to %.20s is %p', (word, expected) => {
    expect(nearest(word, ['name', 'docker', 'hosts', 'rules'])).toBe(expected);
  });
});

describe('the words of a line', () => {
  test.each([
    ['web-1 a=1\tb=2', ['web-1', 'a=1', 'b=2']],
    [`a="x y" b='p "q"' c="it\\"s"`, ['a=x y', 'b=p "q"', 'c=it"s']],
    ['a=1 # b=2', ['a=1']],
    ['a\\ b ""', ['a b', '']],
    ['   ', []],
    ['a="x', undefined],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });
});
