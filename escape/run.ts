// Owns the command `npm run test:escape`: every program of the table outside and inside, the table that
// is printed, and the exit code. Refuses to pass when one got through, or failed where it must succeed.

import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { machineProbe } from '../packages/agent/src/plugins/sandbox/index.ts';
import type { MachineFacts } from '../packages/agent/src/plugins/sandbox/index.ts';
import { readOptions } from './options.ts';
import type { EscapeOptions } from './options.ts';
import type { Probe } from './probe.ts';
import { countsOf, documentOf, headOf, lineOf } from './report.ts';
import type { Result } from './report.ts';
import { table } from './table.ts';
import { runTrial } from './trial.ts';
import type { TrialSettings } from './trial.ts';
import { enterWorld, isInWorld, isRoot, openWorld } from './world.ts';

/** The programs that were asked for. Throws when a name is no program and no class. */
export function chosen(options: EscapeOptions): readonly Probe[] {
  const { only, isQuick } = options;
  const isNamed = (name: string): ((probe: Probe) => boolean) => {
    return ({ id, class: kind }) => id === name || kind === name;
  };
  const wrong = only.find((name) => !table.some(isNamed(name)));
  if (wrong !== undefined)
    throw new Error(`--only ${wrong}: no program and no class has this name`);
  return table.filter(
    (probe) =>
      (only.length === 0 || only.some((name) => isNamed(name)(probe))) &&
      (!isQuick || probe.isQuick === true),
  );
}

/** Why a program cannot be run here; empty when it can. */
function leftOut({ needsRoot, architecture, controller }: Probe, machine: MachineFacts): string {
  const { controlGroups, userManager } = machine;
  const has = controller === undefined || controlGroups?.folders.has(controller) === true;
  if (!has && userManager === undefined) return `no control group for ${controller}`;
  if (needsRoot === true && !isRoot()) return 'needs root';
  return architecture !== undefined && architecture !== process.arch ? `needs ${architecture}` : '';
}

/** Runs the chosen programs; the exit code. */
async function run(options: EscapeOptions): Promise<number> {
  const world = await openWorld();
  if (world.authority !== '') {
    setDefaultCACertificates([...getCACertificates('default'), world.authority]);
  }
  const machine = machineFor(options, await machineProbe()());
  const settings: TrialSettings = { world, machine, seed: options.seed };
  const print = (text: string): void => {
    if (!options.isJson) console.log(text);
  };
  print(headOf(options));
  const results: Result[] = [];
  try {
    for (const probe of chosen(options)) {
      const result = await compare(probe, settings, isFull(options));
      results.push(result);
      print(lineOf(result));
    }
  } finally {
    world.close();
  }
  const counts = countsOf(results);
  if (options.isJson) console.log(JSON.stringify(documentOf(options.seed, results)));
  else for (const [name, value] of Object.entries(counts)) console.log(`${name}: ${value}`);
  return counts.insideSucceeded + counts.outsideFailed + counts.unexplained === 0 ? 0 : 1;
}

/** Plugins of others start in this one only, of those that can be asked for. */
function isFull({ sandbox }: EscapeOptions): boolean {
  return sandbox === undefined || sandbox === 'bubblewrap';
}

async function compare(
  probe: Probe,
  settings: TrialSettings,
  isSandboxFull: boolean,
): Promise<Result> {
  const why = leftOut(probe, settings.machine);
  if (why !== '') return { probe, leftOut: why };
  const began = performance.now();
  const outside = await runTrial(probe, 'outside', settings);
  const inside = await runTrial(probe, 'inside', settings);
  const seconds = (performance.now() - began) / 1_000;
  return { probe, outside, inside, seconds, isRefusalExpected: !isSandboxFull };
}

/** The machine as if it had no other sandbox than the one that was asked for. */
function machineFor(options: EscapeOptions, machine: MachineFacts): MachineFacts {
  if (isFull(options)) return machine;
  const { podman: _podman, docker: _docker, ...programs } = machine.programs;
  return {
    ...machine,
    bubblewrap: undefined,
    programs: options.sandbox === 'container' ? machine.programs : programs,
  };
}

if (import.meta.main) {
  const words = process.argv.slice(2);
  const options = readOptions(words, Math.floor(Math.random() * 2 ** 31));
  chosen(options);
  process.exitCode = isInWorld()
    ? await run(options)
    : await enterWorld(import.meta.filename, [...words, '--seed', String(options.seed)]);
  await new Promise((resolve) => process.stdout.write('', resolve));
  // Servers of the world may still hold connections of programs that are gone.
  process.exit();
}
