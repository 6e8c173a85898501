// Owns how a hostile program becomes a release: its tree in the content store, its manifest, and the
// consent that a person would give it. Refuses to know whether it then runs inside or outside.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifest as manifestSchema, permissions } from '@opencomputer/contracts';
import { createContentStore } from '../packages/agent/src/plugins/content/index.ts';
import type { ContentStore } from '../packages/agent/src/plugins/content/index.ts';
import type { RunnableRelease } from '../packages/agent/src/plugins/manager/index.ts';
import { fileOf, textOf } from './fixtures/preludes.ts';
import type { Ground, Probe } from './probe.ts';

/** What a release may use; programs try to have a little more. */
const RESOURCES = { memoryMb: 128, cpuShare: 1, processesMax: 64, diskMb: 16 };
const HOST = '*.example.com';
const NETWORKS = { nothing: [], folder: [], host: [HOST], web: [HOST, '*'] } as const;

/** A release with the store that its code is in. */
export interface HostileRelease {
  readonly content: ContentStore;
  readonly release: RunnableRelease;
  /** What it is told, as variables. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Puts the program, and another release beside it, into a store on the ground. */
export async function makeRelease(probe: Probe, ground: Ground): Promise<HostileRelease> {
  const { token, folder, facts } = ground;
  const content = createContentStore(join(folder, 'data/plugin-code'));
  const source = join(folder, 'source');
  mkdirSync(source);
  const entry = fileOf(probe, token);
  writeFileSync(join(source, entry), textOf(probe));
  const { digest, directory } = await content.add(source);
  writeFileSync(join(source, 'main.py'), 'another release');
  const other = await content.add(source);
  const told = { ...facts, CODE: directory, RELEASE: other.directory };
  const named = Object.entries(told).map(([name, value]) => [`G_${name}`, value] as const);
  const environment = { ...Object.fromEntries(named), ...probe.environment?.(ground) };
  const consent = permissions.parse({
    network: NETWORKS[probe.rights],
    files: probe.rights === 'folder' ? { read: [facts['READ']], write: [facts['GRANTED']] } : {},
  });
  const runtimes = { python: 'python', node: 'node', sh: 'command' } as const;
  const secrets = consent.network.length === 0 ? {} : { api: ['api.example.com'] };
  const manifest = manifestSchema.parse({
    name: 'hostile',
    version: '1.0.0',
    framework_version: '*',
    description: 'Tries to get out.',
    runtime: runtimes[probe.language],
    ...(probe.language === 'sh' ? { command: ['sh', `\${plugin.root}/${entry}`] } : { entry }),
    environment,
    permissions: consent,
    resources: {
      ...RESOURCES,
      diskMb: probe.diskMb ?? RESOURCES.diskMb,
      cpuShare: probe.cpuShare ?? RESOURCES.cpuShare,
    },
  });
  const release: RunnableRelease = {
    name: 'hostile',
    origin: 'local',
    version: '1.0.0',
    digest,
    source: { type: 'folder', path: source },
    consent: { permissions: consent, secrets, at: 0 },
    directory,
    manifest,
  };
  return { content, release, environment };
}
