// Owns the home of a daemon for one run: a copy of one that has run before, so that a run begins
// where a user's daily start begins. Refuses to share a home between runs.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '../agent/fixtures/agent-process.ts';
import type { AgentHome } from '../agent/fixtures/agent-process.ts';
import { copyProgram } from '../agent/fixtures/program.ts';
import { createStory, isSettled, play } from './play.ts';
import { startWorld } from './world.ts';
import type { World } from './world.ts';

/** The program, the world outside and homes for runs. */
export interface Stage {
  readonly world: World;
  readonly folder: string;
  /** A fresh home; it is removed with `remove` or with the stage. */
  home(): AgentHome & { remove(): void };
  close(): Promise<void>;
}

const onceServer = join(import.meta.dirname, '..', 'fixtures', 'once-server.ts');

function configurationOf(webhook: string): string {
  return [
    'policy:',
    '  allow: [keyed/keyed_post]',
    'channels:',
    '  webhook:',
    `    url: ${webhook}`,
    '    sends: all',
    '    secret: of-the-crash-test',
    'plugins:',
    '  once:',
    `    command: ${process.execPath}`,
    `    arguments: [${onceServer}]`,
    '    trust: true',
    '',
  ].join('\n');
}

/** Sets the stage: `product` is a folder with `bin` and `dist`. */
export async function openStage(product?: string): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'oc-crash-'));
  const entry = await copyProgram(join(folder, 'program'), product);
  const world = await startWorld(folder);
  const environment = {
    OPENAI_BASE_URL: world.model.url,
    OPENAI_MODEL: 'test-1',
    OPENAI_API_KEY: 'crash',
  };
  const template = join(folder, 'template');
  mkdirSync(join(template, 'data'), { recursive: true, mode: 0o700 });
  writeFileSync(
    join(template, 'data', 'config.yaml'),
    configurationOf(`${world.ledger.origin}/webhook/deliver`),
    { mode: 0o600 },
  );
  const close = async (): Promise<void> => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const stage: Stage = { world, folder, home: createHomes({ folder, entry, environment }), close };
  await warm({ entry, environment, folder: template });
  return stage;
}

function createHomes({ folder, entry, environment }: AgentHome): Stage['home'] {
  let homes = 0;
  return () => {
    homes += 1;
    const own = join(folder, `h${homes}`);
    cpSync(join(folder, 'template'), own, { recursive: true });
    const remove = (): void => rmSync(own, { recursive: true, force: true });
    return { entry, environment, folder: own, remove };
  };
}

/** One whole story without a fault, after which the store is made anew: caches stay. */
async function warm(home: AgentHome): Promise<void> {
  const agent = await startAgent(home);
  const story = createStory(0);
  await play(story, agent, home);
  await agent.kill('SIGTERM');
  if (!isSettled(story)) throw new Error(`the story without a fault failed: ${describe(story)}`);
  const data = join(home.folder, 'data');
  for (const name of ['store.sqlite', 'root.key', 'plugins']) {
    rmSync(join(data, name), { recursive: true, force: true });
  }
  const fresh = await startAgent(home);
  await fresh.kill('SIGTERM');
}

function describe(story: object): string {
  return JSON.stringify(story, (_, value: unknown) => (value instanceof Set ? [...value] : value));
}
