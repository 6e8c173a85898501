// Owns the ground of one run: the home, the data and the processes that a program is aimed at, all made
// anew with one token. Refuses to outlive the run: whatever carries the token goes with it.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { architectures } from '../packages/agent/src/plugins/sandbox/system-calls.ts';
import { groupsOf } from './evidence.ts';
import { processesWith } from './looks.ts';
import type { Ground, Hit, Probe } from './probe.ts';
import type { World } from './world.ts';

const TOKEN_BYTES = 8;
const GONE_TRIES_MAX = 40;
const GONE_DELAY_MS = 50;
const numbers = architectures[process.arch]?.numbers ?? {};
const folders = [
  'home/.ssh',
  'home/.config',
  'data/plugin-data/probe',
  'data/plugin-data/other',
  'data/sandboxes',
  'cron',
  'run',
  'project/granted/inner',
  'project/read',
];

/** A ground and its end. */
export interface PreparedGround extends Ground {
  dispose(): Promise<void>;
}

/** Makes the ground of one run. */
export async function prepareGround(
  world: World,
  probe: Probe,
  seed: number,
): Promise<PreparedGround> {
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  const folder = join(world.folder, token);
  const { canary } = world;
  for (const path of folders) mkdirSync(join(folder, path), { recursive: true });
  chmodSync(join(folder, 'project/granted'), 0o777);
  const secret = `the secret is ${canary}\n`;
  for (const path of ['home/.ssh/id_ed25519', 'data/api.key', 'data/store.sqlite']) {
    writeFileSync(join(folder, path), secret);
  }
  writeFileSync(join(folder, 'data/plugin-data/other/notes.txt'), secret);
  const early = `require('node:fs').writeFileSync(__dirname + '/early.txt', '${token}');`;
  writeFileSync(join(folder, 'data/plugin-data/probe/early.cjs'), early);
  writeFileSync(join(folder, 'project/read/roots'), secret, { mode: 0o600 });
  copyFileSync('/bin/cat', join(folder, 'project/read/root-cat'));
  chmodSync(join(folder, 'project/read/root-cat'), 0o4755);
  const servers = await openSockets(folder, token, world.hits);
  const actors: ChildProcess[] = [];
  const told = await startBystander(probe, { token, folder, world, actors });
  const facts: Record<string, string> = {
    TOKEN: token,
    FOLDER: folder,
    HOME: join(folder, 'home'),
    DATA: join(folder, 'data'),
    STORAGE: join(folder, 'data/plugin-data/probe'),
    OTHER: join(folder, 'data/plugin-data/other'),
    GRANTED: join(folder, 'project/granted'),
    READ: join(folder, 'project/read'),
    SEED: String(seed),
    NUMBERS: JSON.stringify(numbers),
    ...told,
  };
  return { token, canary, folder, facts, dispose: () => dispose(token, folder, [servers, actors]) };
}

interface Stage {
  readonly token: string;
  readonly folder: string;
  readonly world: World;
  readonly actors: ChildProcess[];
}

/** The sockets that services of the person listen on. */
async function openSockets(folder: string, token: string, hits: Hit[]): Promise<Server[]> {
  const places = [
    ['agent.sock', join(folder, 'data/agent.sock')],
    ['docker.sock', join(folder, 'run/docker.sock')],
    ['ssh-agent.sock', join(folder, 'run/ssh-agent.sock')],
    ['abstract', `\0stream-${token}`],
  ] as const;
  return Promise.all(
    places.map(async ([name, path]) => {
      const server = createServer((socket) => {
        socket.on('error', () => socket.destroy());
        socket.on('data', (data) =>
          hits.push({ at: `unix ${name}`, text: data.toString('latin1') }),
        );
      });
      server.listen(path);
      await once(server, 'listening');
      if (!path.startsWith('\0')) chmodSync(path, 0o777);
      return server;
    }),
  );
}

/** Starts what the program is aimed at; what is to be known of it, as facts. */
async function startBystander(
  probe: Probe,
  stage: Stage,
): Promise<Readonly<Record<string, string>>> {
  const { token, folder, world, actors } = stage;
  if (probe.bystander === undefined) return {};
  if (probe.bystander === 'inspector') {
    const script = `console.log('{"pid":' + process.pid + '}'); setInterval(() => {}, 1000);`;
    const node = spawn(process.execPath, ['--inspect-port=0', '-e', script], { env: {} });
    actors.push(node);
    node.stderr.on('data', (data: Buffer) =>
      world.hits.push({ at: 'debugger', text: String(data) }),
    );
    return firstLine(node, () => undefined);
  }
  copyFileSync('/bin/sleep', join(folder, 'sleeper'));
  chmodSync(join(folder, 'sleeper'), 0o755);
  const sleeper = spawn(join(folder, 'sleeper'), ['60'], { stdio: 'ignore', env: {} });
  const script = join(import.meta.dirname, 'fixtures/agent.py');
  // In the name of the ground, and not of the program: its processes are looked at by their token.
  const agent = spawn('/usr/bin/python3', [script, token, folder, `secret-${world.canary}`], {
    env: {
      AGENT_SECRET: world.canary,
      ADD_KEY: String(numbers['add_key'] ?? 0),
      NAME_TO_HANDLE: String(numbers['name_to_handle_at'] ?? 0),
    },
    cwd: join(folder, 'data'),
  });
  actors.push(sleeper, agent);
  agent.stderr.on('data', (data: Buffer) => world.hits.push({ at: 'error', text: String(data) }));
  const told = await firstLine(agent, (hit) => world.hits.push(hit));
  return { ...told, SLEEPER: String(sleeper.pid) };
}

/** The first line of JSON as facts; those after it are things that happened. */
async function firstLine(
  actor: ChildProcess,
  happened: (hit: Hit) => void,
): Promise<Readonly<Record<string, string>>> {
  const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, string>>>();
  let isFirst = true;
  if (actor.stdout === null) throw new Error('it says nothing');
  actor.once('exit', (code) => reject(new Error(`the bystander ended with ${code}`)));
  createInterface({ input: actor.stdout }).on('line', (line) => {
    const value = JSON.parse(line) as Record<string, string | number>;
    if (!isFirst) happened({ at: String(value['at']), text: String(value['text']) });
    isFirst = false;
    const named = Object.entries(value).map(([name, each]) => [name.toUpperCase(), String(each)]);
    resolve(Object.fromEntries(named) as Record<string, string>);
  });
  return promise;
}

async function dispose(
  token: string,
  folder: string,
  [servers, actors]: readonly [readonly Server[], readonly ChildProcess[]],
): Promise<void> {
  for (const actor of actors) actor.kill('SIGKILL');
  for (const server of servers) server.close();
  for (let tries = 0; tries < GONE_TRIES_MAX; tries += 1) {
    const left = processesWith(token);
    if (left.length === 0) break;
    for (const id of left) end(id);
    await delay(GONE_DELAY_MS);
  }
  for (const group of groupsOf(token)) rmdirSync(group);
  for (const place of [folder, `/tmp/escape-${token}`]) {
    rmSync(place, { recursive: true, force: true });
  }
}

function end(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It went by itself.
  }
}
