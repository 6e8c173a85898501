import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdentifiers, identifiersAfter } from './identifier.ts';

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('identifiers are version 7, and each sorts after the one before it', () => {
  const identifier = createIdentifiers();
  let last = '';
  for (let count = 0; count < 50_000; count += 1) {
    const id = identifier();
    if (!shape.test(id) || id <= last) assert.fail(`${id} after ${last}`);
    last = id;
  }
});

test('a clock that is set back is counted on from, until it has caught up', () => {
  const given = [
    '01a203cf-d6e9-7697-841b-82bcc8b99435',
    '01a203cf-0000-7000-8000-000000000000',
    '01a203cf-d6e9-7697-841b-82bcc8b99436',
    '01a203cf-d6ea-7000-8000-000000000000',
  ];
  const identifier = createIdentifiers(() => given.shift() ?? '');
  assert.deepEqual(
    [identifier(), identifier(), identifier(), identifier()],
    [
      '01a203cf-d6e9-7697-841b-82bcc8b99435',
      '01a203cf-d6e9-7697-841b-82bcc8b99436',
      '01a203cf-d6e9-7697-841b-82bcc8b99437',
      '01a203cf-d6ea-7000-8000-000000000000',
    ],
  );
});

test('counting on carries over from field to field and leaves version and variant alone', () => {
  const after = (full: string): string => {
    const given = [full, '00000000-0000-7000-8000-000000000000'];
    const identifier = createIdentifiers(() => given.shift() ?? '');
    identifier();
    return identifier();
  };
  assert.equal(
    after('01a203cf-d6e9-7697-bfff-ffffffffffff'),
    '01a203cf-d6e9-7698-8000-000000000000',
  );
  assert.equal(
    after('01a203cf-ffff-7fff-bfff-ffffffffffff'),
    '01a203d0-0000-7000-8000-000000000000',
  );
});

test('a process goes on after the newest identifier of the store, whatever its clock says', async () => {
  const future = '0fffffff-ffff-7fff-bfff-fffffffffffe';
  const after = async (newest: string | null): Promise<string> => {
    const read = async (): Promise<never[]> => [{ newest }] as never[];
    const identifier = await identifiersAfter({ read });
    return identifier();
  };
  assert.equal(await after(future), '0fffffff-ffff-7fff-bfff-ffffffffffff');
  for (const newest of [null, 'no identifier']) assert.match(await after(newest), shape);
  const damaged = await identifiersAfter({ read: () => Promise.reject(new Error('damaged')) });
  assert.match(damaged(), shape);
});
