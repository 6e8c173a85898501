import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as evidence from './evidence.ts';
import { nothingSeen } from './looks.ts';
import type { ProcessView, Seen } from './probe.ts';

const view: ProcessView = {
  id: 1,
  residentMb: 0,
  writtenMb: 0,
  processorSeconds: 0,
  threads: 1,
  descriptors: 3,
  shown: '',
  userNamespace: 'user:[1]',
  root: '/',
  mounts: '',
};

function seen(rest: Partial<Seen> = {}, folder = '/nowhere'): Seen {
  const ground = { token: 'token1', canary: 'canary1', folder, facts: {} };
  return { ground, output: '', report: '', hits: [], processes: [], peak: nothingSeen, ...rest };
}

test('a secret counts when it was printed, or arrived, and not else', () => {
  assert.equal(evidence.printedSecret(seen({ output: 'x canary1' })), true);
  assert.equal(evidence.printedSecret(seen({ output: 'DONE' })), false);
  const hits = [{ at: 'tcp 10.1.2.3:80', text: 'GET /TOKEN1 canary1' }];
  assert.equal(evidence.arrivedAt(/^tcp 10\./)(seen({ hits })), true);
  assert.equal(evidence.arrivedAt(/^udp /)(seen({ hits })), false);
  assert.equal(evidence.secretArrivedAt(/^tcp /)(seen({ hits })), true);
  assert.equal(evidence.secretArrivedAt(/^tcp /)(seen()), false);
});

test('a file counts when it has the token of this very run', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const wrote = evidence.wroteTo((ground) => join(ground.folder, 'file'));
  const isGone = evidence.isGone((ground) => join(ground.folder, 'file'));
  assert.equal(wrote(seen({}, folder)), false);
  assert.equal(isGone(seen({}, folder)), true);
  writeFileSync(join(folder, 'file'), 'of another run');
  assert.equal(wrote(seen({}, folder)), false);
  writeFileSync(join(folder, 'file'), 'token1');
  assert.equal(wrote(seen({}, folder)), true);
  assert.equal(isGone(seen({}, folder)), false);
  assert.equal(evidence.isRootsOfMode('file', 0o4000)(seen({}, folder)), false);
  assert.equal(evidence.isRootsOfMode('missing', 0)(seen({}, folder)), false);
  symlinkSync('/usr', join(folder, 'link'));
  assert.equal(evidence.linkAt(join(folder, 'link')), '/usr');
  assert.equal(evidence.linkAt(join(folder, 'missing')), '');
});

test('what processes hold is seen on the ninth descriptor and in their namespaces', () => {
  const processes = [view, { ...view, id: 2, shown: 'anon_inode:[io_uring]' }];
  assert.equal(evidence.holds(/io_uring/)(seen({ processes })), true);
  assert.equal(evidence.holds(/bpf/)(seen({ processes })), false);
  assert.equal(evidence.hasTwoUserNamespaces(seen({ processes })), false);
  const apart = [view, { ...view, userNamespace: 'user:[2]' }];
  assert.equal(evidence.hasTwoUserNamespaces(seen({ processes: apart })), true);
  assert.deepEqual(evidence.groupsOf('no-such-token'), []);
});
