import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permissions } from '@opencomputer/contracts';
import type { PluginConsent } from '@opencomputer/contracts/internal';
import { permissionLines, widening } from './permission-lines.ts';

const consent = (
  asked: Parameters<typeof permissions.parse>[0],
  secrets: PluginConsent['secrets'] = {},
): PluginConsent => ({ permissions: permissions.parse(asked), secrets, at: 0 });

test('each right is one line in words', () => {
  const asked = consent(
    {
      network: ['api.a.org', '*.b.org', '*', 'http://c.org'],
      files: { read: ['folders', '~/Music'], write: ['~/Music'] },
      environment: ['LANG'],
      devices: ['/dev/video0'],
      processes: true,
    },
    { key: ['api.a.org'] },
  );
  assert.deepEqual(permissionLines(asked), [
    'connect to api.a.org',
    'connect to every host under b.org',
    'connect to every public host',
    'connect to c.org, without encryption',
    'read the folders that you granted to the agent',
    'read and write ~/Music',
    'see the environment variable LANG',
    'use the device /dev/video0',
    'start other programs inside its sandbox',
    'have the secret "key" sent to api.a.org',
  ]);
  assert.deepEqual(permissionLines(consent({})), []);
});

const widenings: readonly (readonly [string, object, object, readonly string[]])[] = [
  ['the same', { network: ['a.org'] }, { network: ['a.org'] }, []],
  ['fewer', { network: ['a.org', 'b.org'] }, { network: ['a.org'] }, []],
  ['one more host', { network: ['a.org'] }, { network: ['a.org', 'b.org'] }, ['connect to b.org']],
  ['a host under a wildcard', { network: ['*.a.org'] }, { network: ['x.a.org', '*.y.a.org'] }, []],
  [
    'the apex of a wildcard',
    { network: ['*.a.org'] },
    { network: ['a.org'] },
    ['connect to a.org'],
  ],
  ['a look-alike', { network: ['*.a.org'] }, { network: ['xa.org'] }, ['connect to xa.org']],
  ['another port', { network: ['*'] }, { network: ['a.org:25'] }, ['connect to a.org:25']],
  [
    'the same host without TLS',
    { network: ['a.org'] },
    { network: ['http://a.org'] },
    ['connect to a.org, without encryption'],
  ],
  ['a deeper path', { files: { read: ['~/a'] } }, { files: { read: ['~/a/b'] } }, []],
  ['a sibling', { files: { read: ['~/a'] } }, { files: { read: ['~/ab'] } }, ['read ~/ab']],
  [
    'writing what was read',
    { files: { read: ['~/a'] } },
    { files: { write: ['~/a'] } },
    ['read and write ~/a'],
  ],
  ['reading what was written', { files: { write: ['~/a'] } }, { files: { read: ['~/a'] } }, []],
  ['programs', {}, { processes: true }, ['start other programs inside its sandbox']],
];

for (const [what, allowed, asked, lines] of widenings) {
  test(`an update that asks for ${what} widens by ${lines.length} lines`, () => {
    assert.deepEqual(widening(consent(allowed), consent(asked)), lines);
  });
}

test('a secret that may go to one more host widens', () => {
  const allowed = consent({ network: ['*'] }, { key: ['a.org'] });
  const asked = consent({ network: ['*'] }, { key: ['a.org', 'b.org'] });
  assert.deepEqual(widening(allowed, asked), ['have the secret "key" sent to b.org']);
});
