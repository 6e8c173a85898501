import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machine, settingsFor, temporaryFolder } from './fixtures/enclosed.ts';
import type { MachineFacts } from './machine.ts';
import { chooseSandbox } from './sandbox.ts';

const folder = temporaryFolder();
const bare: MachineFacts = {
  ...machine,
  platform: 'linux',
  programs: { prlimit: '/usr/bin/prlimit' },
  bubblewrap: undefined,
  controlGroups: undefined,
  userManager: undefined,
};
const works = { problem: '', bindsDescriptors: true, disablesUserNamespaces: true };
const ours = { plugin: 'x', official: true, runsForeignCode: false };
const kinds = [
  ours,
  { ...ours, runsForeignCode: true },
  { ...ours, official: false },
  { ...ours, official: false, runsForeignCode: true },
];

function choices(facts: MachineFacts, containerImage?: string): string[] {
  const settings = { ...settingsFor(folder, facts), ...(containerImage ? { containerImage } : {}) };
  return kinds.map((need) => {
    try {
      const { name, tier } = chooseSandbox(need, settings);
      return `${name} ${tier}`;
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  });
}

test('bubblewrap holds everything where it works', () => {
  const facts = { ...bare, bubblewrap: works };
  assert.deepEqual(choices(facts, 'image'), Array(4).fill('bubblewrap full'));
});

test('a container engine holds everything where it has an image', () => {
  const facts = { ...bare, programs: { docker: '/usr/bin/docker' } };
  assert.deepEqual(choices(facts, 'image'), Array(4).fill('container full'));
  assert.match(choices(facts)[2] ?? '', /no image for .*docker is configured/);
});

test('with nothing only our own code that runs only itself is started, and the rest says what to install', () => {
  const [own, ...others] = choices(bare);
  assert.equal(own, 'process reduced');
  for (const other of others) assert.match(other, /package bubblewrap is not installed/);
  const broken = { ...works, problem: 'uid map: denied' };
  assert.match(choices({ ...bare, bubblewrap: broken })[1] ?? '', /does not work here \(uid map/);
});

test('Windows is sent to WSL 2, macOS has its own, others have none', () => {
  for (const choice of choices({ ...bare, platform: 'win32', bubblewrap: works })) {
    assert.match(choice, /WSL 2/);
  }
  const programs = { 'sandbox-exec': '/usr/bin/sandbox-exec' };
  const mac = choices({ ...bare, platform: 'darwin', programs });
  assert.deepEqual(mac, Array(4).fill('sandbox-exec full'));
  assert.match(choices({ ...bare, platform: 'freebsd' })[2] ?? '', /none for freebsd/);
});
