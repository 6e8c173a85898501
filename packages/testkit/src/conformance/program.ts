// Owns what the program of any author must do, in whatever language and with or without a kit, judged
// by its manifest and the calls that its author gives. Refuses to know what its tools are for.

import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@opencomputer/contracts';
import { fingerprint } from './fingerprint.ts';
import { Peer, withinTime } from './peer.ts';
import { commandCases } from './program-command.ts';
import { wrongArguments } from './program-subject.ts';
import type { ProgramSample, ProgramUnderTest } from './program-subject.ts';
import type { ConformanceCase } from './tool.ts';

const MODERN: JsonObject = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const LEGACY = '2025-11-25';
const CALL_META = 'opencomputer/call';
const OUTCOME_META = 'opencomputer/outcome';
/** Time that a host gives to a process whose input it has closed. */
const END_MS_MAX = 1_000;
/** Time that a handler has to end after its call was cancelled. */
const CANCEL_MS_MAX = 2_000;
const CALL_MS_EXTRA = 1_000;

/** One process of the plugin, in the middle of a case. */
interface Bench {
  readonly peer: Peer;
  /** Agrees on a revision; gives what every request of it carries in `_meta`. */
  open(): Promise<JsonObject>;
  /** Parameters of a call. */
  call(sample: ProgramSample, meta: JsonObject, key?: string): JsonObject;
}

/**
 * The cases for a plugin's program; none for a runtime that is no program of this machine. Give each
 * to a runner: it starts a process of its own and rejects with what is wrong.
 */
export function programConformance(subject: ProgramUnderTest): readonly ConformanceCase[] {
  const { runtime, command } = subject.manifest;
  if (runtime === 'command') return commandCases(subject);
  const isServer = runtime === 'node' || runtime === 'python';
  if (!isServer && (runtime !== 'mcp' || command === undefined)) return [];
  const cases = { ...wireCases(subject, isServer), ...sampleCases(subject) };
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: () => onBench(subject, check),
  }));
}

type Check = (bench: Bench) => Promise<void>;

function wireCases({ manifest }: ProgramUnderTest, isKit: boolean): Record<string, Check> {
  const declared = manifest.provides.tools;
  return {
    'it starts, and speaks the revision 2026-07-28': async ({ peer }) => {
      const answer = await peer.ask('server/discover', { _meta: MODERN });
      // Servers that are not made with a kit may speak the older revision alone.
      if (!isKit && 'error' in answer) return;
      const result = answer['result'] as JsonObject;
      assert.ok((result['supportedVersions'] as string[]).includes('2026-07-28'));
    },
    'it speaks the revision 2025-11-25': async ({ peer }) => {
      const result = await peer.result('initialize', hello);
      assert.equal(result['protocolVersion'], LEGACY);
    },
    ...(declared.length === 0
      ? {}
      : {
          'it lists the tools of the manifest, and no other': async ({ peer, open }: Bench) => {
            const { tools } = await peer.result('tools/list', { _meta: await open() });
            const names = (tools as { name: string }[]).map(({ name }) => name);
            const wanted = declared.map(({ name }) => name);
            assert.deepEqual(names.toSorted(), wanted.toSorted());
          },
        }),
    'an unknown tool is an error, and the process goes on': async ({ peer, open }) => {
      const _meta = await open();
      const answer = await peer.ask('tools/call', { name: 'no_such_tool', arguments: {}, _meta });
      assert.ok('error' in answer || isError(answer), 'it answers as if there were such a tool');
      await peer.result('tools/list', { _meta });
    },
    'wrong arguments are answered, and the process goes on': async ({ peer, open }) => {
      const _meta = await open();
      for (const { name, input } of declared) {
        const wrong = wrongArguments(input);
        if (wrong === undefined) continue;
        const answer = await peer.ask('tools/call', { name, arguments: wrong, _meta });
        assert.ok('error' in answer || isError(answer), `${name} takes ${JSON.stringify(wrong)}`);
      }
      await peer.result('tools/list', { _meta });
    },
    'what is no message does not end it': async ({ peer, open }) => {
      const _meta = await open();
      for (const text of ['{"jsonrpc"\n', '[]\n', '\u0000\n', 'null\n', '"x"\n']) peer.write(text);
      await peer.result('tools/list', { _meta });
    },
    'it ends within a second of its input': async ({ peer, open }) => {
      await open();
      await peer.end(END_MS_MAX);
    },
  };
}

function sampleCases({ manifest, samples }: ProgramUnderTest): Record<string, Check> {
  const { outputBytesMax } = manifest.resources;
  const [first] = samples;
  const cases: Record<string, Check> = {};
  if (first !== undefined) {
    cases['a cancelled call ends in time, and the process goes on'] = async (bench) => {
      const { peer, open, call } = bench;
      const _meta = await open();
      const id = peer.nextId;
      const stopped = peer.stopped(id);
      const answered = peer.ask('tools/call', call(first, _meta));
      peer.notify('notifications/cancelled', { requestId: id });
      const other = peer.result('tools/list', { _meta });
      // The answer may have been under way; a server of others is silent, and then the next one counts.
      const ended = [stopped, answered.then(() => undefined), other.then(() => undefined)];
      answered.catch(() => undefined);
      stopped.catch(() => undefined);
      await withinTime(Promise.race(ended), CANCEL_MS_MAX, 'the cancelled call goes on');
      await other;
    };
  }
  for (const sample of samples) {
    const shown = `${sample.tool} ${JSON.stringify(sample.arguments)}`;
    const declaration = manifest.provides.tools.find(({ name }) => name === sample.tool);
    const status = sample.status ?? 'done';
    const limitMs = (declaration?.timeoutMs ?? 30_000) + CALL_MS_EXTRA;
    cases[`${shown} is ${status}, in time and within its size`] = async ({ peer, open, call }) => {
      const asked = peer.result('tools/call', call(sample, await open()));
      const result = await withinTime(asked, limitMs, `no answer within ${limitMs} ms`);
      assert.equal(statusOf(result), status, JSON.stringify(result['content']));
      const bytes = Buffer.byteLength(JSON.stringify(result['content'] ?? []));
      assert.ok(bytes <= outputBytesMax, `${bytes} bytes; at most ${outputBytesMax}`);
    };
    // A program without a kit is not told the key; it has nothing to repeat by.
    if (declaration?.idempotent !== true || manifest.runtime === 'mcp') continue;
    cases[`${shown} has its effect once for a key`] = async ({ peer, open, call }) => {
      const _meta = await open();
      const before = await peer.result('tools/call', call(sample, _meta, 'same'));
      assert.deepEqual(await peer.result('tools/call', call(sample, _meta, 'same')), before);
    };
  }
  return cases;
}

const hello: JsonObject = {
  protocolVersion: LEGACY,
  clientInfo: { name: 'conformance', version: '1.0.0' },
  capabilities: {},
};

/** Runs a case in a process of its own; afterwards nothing but messages was printed, nothing changed. */
async function onBench(subject: ProgramUnderTest, check: Check): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'conformance-'));
  const storage = { directory: join(scratch, 'values'), key: randomBytes(32).toString('base64') };
  await mkdir(storage.directory);
  const before = await fingerprint(subject.directory);
  const peer = new Peer(await subject.start(scratch));
  const call: Bench['call'] = (sample, meta, key = randomUUID()) => {
    const now = Date.UTC(2026, 0, 5, 9);
    const circumstances = { idempotencyKey: key, now, timeZone: 'UTC', folders: [], storage };
    const _meta = { ...meta, [CALL_META]: circumstances };
    return { name: sample.tool, arguments: sample.arguments, _meta };
  };
  const open = async (): Promise<JsonObject> => {
    if ('result' in (await peer.ask('server/discover', { _meta: MODERN }))) return MODERN;
    await peer.result('initialize', hello);
    peer.notify('notifications/initialized', {});
    return {};
  };
  try {
    await check({ peer, open, call });
  } finally {
    await peer.kill();
    await rm(scratch, { recursive: true, force: true });
  }
  assert.deepEqual(peer.strays, [], 'standard output holds messages only');
  assert.deepEqual(await fingerprint(subject.directory), before, 'it changes its own folder');
}

function isError(answer: JsonObject): boolean {
  return (answer['result'] as JsonObject | undefined)?.['isError'] === true;
}

function statusOf(result: JsonObject): unknown {
  const meta = result['_meta'] as JsonObject | undefined;
  const told = (meta?.[OUTCOME_META] as JsonObject | undefined)?.['status'];
  return told ?? (result['isError'] === true ? 'refused' : 'done');
}
