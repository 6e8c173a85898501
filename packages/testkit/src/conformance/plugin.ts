// Owns what every plugin's process must do on the wire, in both revisions of MCP, whatever language
// it is written in. Refuses to use a kit: it speaks newline-delimited JSON-RPC itself.

import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@opencomputer/contracts';
import { Peer } from './peer.ts';
import type { ConformanceCase } from './tool.ts';

/** A call that the suite makes of a plugin for which nothing is kept yet. */
export interface SampleCall {
  readonly tool: string;
  readonly input: JsonObject;
  /** How it ends; absent: `done`. */
  readonly status?: 'done' | 'refused';
  /** The tool is declared idempotent; absent: false. */
  readonly idempotent?: boolean;
}

/** A plugin's program, what it must list, and a call. The suite gives it storage. */
export interface PluginUnderTest {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly tools: readonly string[];
  readonly sample: SampleCall;
  /** Folders that the person granted, absolute; absent: none. */
  readonly folders?: readonly string[];
}

const MODERN: JsonObject = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
/** In a request: the circumstances of the call. */
const CALL_META = 'opencomputer/call';
/** A Monday. */
const NOW = Date.UTC(2026, 0, 5, 9);
const CALLS_AT_ONCE = 20;

/** One run of a case: processes that share the storage of one person. */
interface Bench {
  /** The process that every case has. */
  readonly peer: Peer;
  /** One more process. */
  start(): Peer;
  /** Parameters of the sample call. */
  call(revision: JsonObject, idempotencyKey?: string): JsonObject;
}

/** The cases for a plugin. Give each to `test(name, run)`; each starts a process of its own. */
export function pluginConformance(subject: PluginUnderTest): readonly ConformanceCase[] {
  const { sample } = subject;
  const cases: Record<string, (bench: Bench) => Promise<void>> = {
    'discovery names the revision': async ({ peer }) => {
      const result = await peer.result('server/discover', { _meta: MODERN });
      assert.ok((result['supportedVersions'] as string[]).includes('2026-07-28'));
      assert.equal(result['resultType'], 'complete');
    },
    'the older handshake is agreed to': async ({ peer }) => {
      const protocolVersion = '2025-11-25';
      const clientInfo = { name: 'conformance', version: '1.0.0' };
      const hello = { protocolVersion, clientInfo, capabilities: {} };
      assert.equal((await peer.result('initialize', hello))['protocolVersion'], protocolVersion);
      assert.deepEqual(await peer.result('ping', {}), {});
    },
    'every tool of the manifest is listed, and no other': async ({ peer }) => {
      for (const _meta of [MODERN, {}]) {
        const { tools } = await peer.result('tools/list', { _meta });
        const names = (tools as { name: string }[]).map(({ name }) => name);
        assert.deepEqual(names.toSorted(), subject.tools.toSorted());
      }
    },
    'the sample call ends as it should in both revisions': async ({ peer, call }) => {
      for (const revision of [MODERN, {}]) {
        const result = await peer.result('tools/call', call(revision));
        assert.equal(statusOf(result), sample.status ?? 'done', JSON.stringify(result['content']));
        assert.equal(result['isError'] === true, sample.status === 'refused');
      }
    },
    'calls at the same time are each answered once': async ({ peer, call }) => {
      const calls = Array.from({ length: CALLS_AT_ONCE }, () =>
        peer.ask('tools/call', call(MODERN)),
      );
      const ids = (await Promise.all(calls)).map(({ id }) => id);
      assert.equal(new Set(ids).size, CALLS_AT_ONCE);
    },
    'bad messages get their errors, and the next good one its answer': async ({ peer, call }) => {
      assert.equal(await peer.errorCode('no/such-method', { _meta: MODERN }), -32601);
      assert.equal(await peer.errorCode('tools/call', { name: 'no_such_tool' }), -32602);
      assert.equal(((await peer.raw('{"jsonrpc"'))['error'] as JsonObject)['code'], -32700);
      await peer.result('tools/call', call(MODERN));
    },
    'the process ends by itself when its input is closed': async ({ peer, call }) => {
      await peer.result('tools/call', call(MODERN));
      assert.deepEqual(await peer.end(), [0, null]);
    },
    ...(sample.idempotent === true ? { 'a retry after a crash is answered the same': retry } : {}),
  };
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: () => onBench(subject, check),
  }));
}

/** What the first process answered is what the second one answers to the same key. */
async function retry({ peer, start, call }: Bench): Promise<void> {
  const first = await peer.result('tools/call', call(MODERN, 'same'));
  await peer.kill();
  const again = start();
  assert.deepEqual(await again.result('tools/call', call(MODERN, 'same')), first);
}

async function onBench(
  subject: PluginUnderTest,
  check: (bench: Bench) => Promise<void>,
): Promise<void> {
  const { tool, input } = subject.sample;
  const directory = await mkdtemp(join(tmpdir(), 'conformance-'));
  const key = randomBytes(32).toString('base64');
  const peers: Peer[] = [];
  const start = (): Peer => {
    const peer = new Peer(subject);
    peers.push(peer);
    return peer;
  };
  const call: Bench['call'] = (revision, idempotencyKey = randomUUID()) => {
    const folders = subject.folders ?? [];
    const storage = { directory, key };
    const circumstances = { idempotencyKey, now: NOW, timeZone: 'UTC', folders, storage };
    return { name: tool, arguments: input, _meta: { ...revision, [CALL_META]: circumstances } };
  };
  try {
    await check({ peer: start(), start, call });
  } finally {
    await Promise.all(peers.map((peer) => peer.kill()));
    await rm(directory, { recursive: true, force: true });
  }
  const strays = peers.flatMap((peer) => peer.strays);
  assert.deepEqual(strays, [], 'standard output holds messages only');
}

function statusOf(result: JsonObject): unknown {
  const meta = result['_meta'] as JsonObject | undefined;
  return (meta?.['opencomputer/outcome'] as JsonObject | undefined)?.['status'];
}
