import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rightsFor, settingsFor, specificationOf, temporaryFolder } from './fixtures/enclosed.ts';
import { seatbeltProfile, seatbeltSandbox } from './seatbelt.ts';

const folder = temporaryFolder();
const sandbox = seatbeltSandbox(settingsFor(folder), '/usr/bin/sandbox-exec');

test('a profile denies what it does not name, and no path ends its own quotes', () => {
  const profile = seatbeltProfile([
    { source: '/code', target: '/code', access: 'read' },
    { source: '/a") (allow default) ("', target: '/x', access: 'write' },
    { source: '/dev/x', target: '/dev/x', access: 'device' },
  ]);
  assert.match(profile, /^\(version 1\)\n\(deny default\)\n/);
  assert.match(profile, /\(subpath "\/code"\)/);
  assert.match(
    profile,
    /\(allow file-write\*\n {2}\(subpath "\/a\\"\) \(allow default\) \(\\""\)\)/,
  );
  assert.match(profile, /\(literal "\/dev\/x"\)/);
  assert.doesNotMatch(profile, /network|mach/);
  // Each parenthesis outside of strings is closed.
  const plain = profile.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
  assert.equal(plain.split('(').length, plain.split(')').length);
});

test('the program is started under its profile, with its scratch folder to write', async () => {
  const specification = { ...specificationOf('/bin/echo', 'x'), directory: folder };
  const request = { plugin: 'x', rights: rightsFor(), breached: assert.fail };
  const { command, arguments: rest } = await sandbox.enclose(specification, request);
  assert.equal(command, '/usr/bin/sandbox-exec');
  assert.equal(rest[0], '-p');
  assert.ok(rest[1]?.includes(`(allow file-write*\n  (subpath "${folder}"))`));
  assert.deepEqual(rest.slice(2), ['/bin/echo', 'x']);
});

test('a network is refused: it could not be bounded to the proxy', async () => {
  const rights = rightsFor({ network: { connect: () => assert.fail() } });
  const request = { plugin: 'x', rights, breached: assert.fail };
  await assert.rejects(sandbox.enclose(specificationOf('/bin/echo'), request), {
    code: 'PLUGIN_SANDBOX',
  });
  assert.ok(sandbox.describe().every(({ heldBy }) => heldBy === 'nothing'));
});
