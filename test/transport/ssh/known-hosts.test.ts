import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { judgeHostKey, type HostKeyVerdict } from '../../../src/transport/ssh/known-hosts.ts';

const key = blob('ssh-ed25519', 1);
const otherKey = blob('ssh-ed25519', 2);
const ecdsaKey = blob('ecdsa-sha2-nistp256', 3);
const K = `ssh-ed25519 ${key.toString('base64')}`;
const OTHER = `ssh-ed25519 ${otherKey.toString('base64')}`;
const ECDSA = `ecdsa-sha2-nistp256 ${ecdsaKey.toString('base64')}`;

function blob(type: string, fill: number): Buffer {
  const parts = type === 'ssh-ed25519' ? [type] : [type, 'nistp256'];
  const point = type === 'ssh-ed25519' ? Buffer.alloc(32, fill) : Buffer.alloc(65, fill);
  return Buffer.concat([...parts.map((part) => Buffer.from(part)), point].flatMap((part) => [length(part), part]));
}

function length(part: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(part.length);
  return bytes;
}

function hashed(name: string): string {
  const salt = Buffer.alloc(20, 7);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

function judge(text: string, hostName = 'web-1', port = 22): HostKeyVerdict {
  return judgeHostKey([{ path: 'known_hosts', text }], { hostName, port }, key);
}

const lines: readonly (readonly [sentence: string, line: string, hostName: string, port: number, found: boolean])[] = [
  ['a plain name', `web-1 ${K}`, 'web-1', 22, true],
  ['another name', `web-2 ${K}`, 'web-1', 22, false],
  ['a name in another case', `WEB-1 ${K}`, 'web-1', 22, true],
  ['one name of a list', `web-1,10.0.0.9 ${K}`, '10.0.0.9', 22, true],
  ['a wildcard', `web-* ${K}`, 'web-17', 22, true],
  ['a question mark', `web-? ${K}`, 'web-17', 22, false],
  ['a wildcard with an exclusion', `web-*,!web-1 ${K}`, 'web-1', 22, false],
  ['an exclusion before the wildcard', `!web-1,web-* ${K}`, 'web-1', 22, false],
  ['another port', `[web-1]:2222 ${K}`, 'web-1', 2222, true],
  ['a port that is not asked for', `[web-1]:2222 ${K}`, 'web-1', 22, false],
  ['a wildcard with a port', `[web-*]:2222 ${K}`, 'web-1', 2222, true],
  ['an IPv6 address', `::1 ${K}`, '::1', 22, true],
  ['a hashed name', `${hashed('web-1')} ${K}`, 'web-1', 22, true],
  ['another hashed name', `${hashed('web-2')} ${K}`, 'web-1', 22, false],
  ['a hashed name with a port', `${hashed('[web-1]:2222')} ${K}`, 'web-1', 2222, true],
  ['a dot that is not a wildcard', `web.1 ${K}`, 'web-1', 22, false],
  ['a comment after the key', `web-1 ${K} root@web-1`, 'web-1', 22, true],
  ['tabs and leading blanks', `  web-1\t${K}`, 'web-1', 22, true],
  ['a line that is commented out', `# web-1 ${K}`, 'web-1', 22, false],
];

describe('a line of known_hosts', () => {
  test.each(lines)('with %s is read as it should be', (_sentence, line, hostName, port, found) => {
    expect(judge(line, hostName, port).kind).toBe(found ? 'known' : 'unknown');
  });

  const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;
  (hasKeygen ? test : test.skip).each(lines)(
    'with %s is read as ssh-keygen reads it',
    (_sentence, line, hostName, port) => {
      const folder = mkdtempSync(join(tmpdir(), 'enforce-'));
      const file = join(folder, 'known_hosts');
      writeFileSync(file, `${line}\n`);

      const answer = spawnSync('ssh-keygen', ['-F', port === 22 ? hostName : `[${hostName}]:${port}`, '-f', file]);
      rmSync(folder, { recursive: true });

      expect(judge(line, hostName, port).kind === 'known').toBe(answer.status === 0);
    },
  );
});

describe('the verdict on a key', () => {
  test('is known for another port by the plain name too, as OpenSSH falls back to it', () => {
    expect(judge(`web-1 ${K}`, 'web-1', 2222)).toEqual({ kind: 'known' });
  });

  test('is unknown for another port when the plain name has another key', () => {
    expect(judge(`web-1 ${OTHER}`, 'web-1', 2222).kind).toBe('unknown');
  });

  test('is changed when the name has another key of the type', () => {
    expect(judge(`# ours\nweb-1 ${OTHER}`)).toEqual({ kind: 'changed', at: 'known_hosts:2' });
  });

  test('is known when one of several keys of the name is this one', () => {
    expect(judge(`web-1 ${OTHER}\nweb-1 ${K}`)).toEqual({ kind: 'known' });
  });

  test('names the types that are known when it is of none of them', () => {
    expect(judge(`web-1 ${ECDSA}`)).toEqual({
      kind: 'other-type',
      at: 'known_hosts:1',
      types: ['ecdsa-sha2-nistp256'],
    });
  });

  test('is revoked though the key is known, and by a wildcard', () => {
    expect(judge(`web-1 ${K}\n@revoked * ${K}`)).toEqual({ kind: 'revoked', at: 'known_hosts:2' });
  });

  test('is not revoked by the revocation of another key', () => {
    expect(judge(`web-1 ${K}\n@revoked * ${OTHER}`)).toEqual({ kind: 'known' });
  });

  test('is unknown under an authority, whose line is told', () => {
    expect(judge(`@cert-authority web-* ${K}`)).toEqual({ kind: 'unknown', authorityAt: 'known_hosts:1' });
  });

  test('reads every file', () => {
    const files = [
      { path: 'mine', text: '' },
      { path: 'ours', text: `web-1 ${K}` },
    ];

    expect(judgeHostKey(files, { hostName: 'WEB-1', port: 22 }, key).kind).toBe('known');
  });

  test('goes by the alias alone where there is one', () => {
    const files = [{ path: 'known_hosts', text: `web-1 ${K}` }];

    const verdict = judgeHostKey(files, { hostName: 'web-1', port: 2222, alias: 'shop' }, key);

    expect(verdict.kind).toBe('unknown');
  });
});
