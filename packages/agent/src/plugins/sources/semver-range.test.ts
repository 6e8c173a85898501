import assert from 'node:assert/strict';
import { it } from 'node:test';
import { greatestWithin } from './semver-range.ts';

const versions = (
  '0.0.3 0.0.4 0.2.3 0.2.9 0.3.0 1.0.0 1.2.2 1.2.10 1.3.0 1.10.1 ' +
  '2.0.0-beta.2 2.0.0-beta.10 2.0.0 3.0.0-rc.1 nonsense'
).split(' ');

/** Range to the version that node-semver's maxSatisfying takes of those above. */
const expected: Readonly<Record<string, string | undefined>> = {
  '*': '2.0.0',
  '': '2.0.0',
  '1': '1.10.1',
  '1.x': '1.10.1',
  '1.2.x': '1.2.10',
  '1.2': '1.2.10',
  '=1.2.2': '1.2.2',
  'v1.2.2': '1.2.2',
  '^1.2.2': '1.10.1',
  '~1.2.2': '1.2.10',
  '~1': '1.10.1',
  '~> 1.2': '1.2.10',
  '^0.2.3': '0.2.9',
  '^0.0.3': '0.0.3',
  '^0.0': '0.0.4',
  '^0': '0.3.0',
  '>=1.2 <1.3': '1.2.10',
  '> 1.2': '2.0.0',
  '<=1.2': '1.2.10',
  '<1.2': '1.0.0',
  '1.0.0 - 1.2': '1.2.10',
  '1.0.0 - 1.2.5': '1.2.2',
  '^5 || 0.2': '0.2.9',
  '>=2.0.0-beta.2': '2.0.0',
  '2.0.0-beta.2': '2.0.0-beta.2',
  '>=2.0.0-beta.2 <2.0.0': '2.0.0-beta.10',
  '^3.0.0-rc.0': '3.0.0-rc.1',
  '>2.0.0': undefined,
  '>*': undefined,
  '^9': undefined,
  'git+https://example.org/x': undefined,
  latest: undefined,
};

for (const [range, version] of Object.entries(expected)) {
  it(`takes ${version ?? 'nothing'} for "${range}"`, () => {
    assert.equal(greatestWithin(versions, range), version);
  });
}

it('refuses a range without end', () => {
  assert.equal(greatestWithin(versions, '1 || '.repeat(1_000)), undefined);
});
