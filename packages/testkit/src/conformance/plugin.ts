// Owns what every plugin's process must do on the wire, in both revisions of MCP, whatever language
// it is written in. Refuses to use a kit: it speaks newline-delimited JSON-RPC itself.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { JsonObject } from '@opencomputer/contracts';
import type { ConformanceCase } from './tool.ts';

/** A plugin's program, what it must list, and a call that is done without storage. */
export interface PluginUnderTest {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly tools: readonly string[];
  readonly sample: { readonly tool: string; readonly input: JsonObject };
}

const MODERN: JsonObject = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const ANSWER_MS_MAX = 10_000;
const END_MS_MAX = 5_000;
const CALLS_AT_ONCE = 20;

/** The cases for a plugin. Give each to `test(name, run)`; each starts a process of its own. */
export function pluginConformance(subject: PluginUnderTest): readonly ConformanceCase[] {
  const { tool, input } = subject.sample;
  const call = (meta: JsonObject): JsonObject => ({ name: tool, arguments: input, _meta: meta });
  const cases: Record<string, (peer: Peer) => Promise<void>> = {
    'discovery names the revision': async (peer) => {
      const result = await peer.result('server/discover', { _meta: MODERN });
      assert.ok((result['supportedVersions'] as string[]).includes('2026-07-28'));
      assert.equal(result['resultType'], 'complete');
    },
    'the older handshake is agreed to': async (peer) => {
      const protocolVersion = '2025-11-25';
      const clientInfo = { name: 'conformance', version: '1.0.0' };
      const hello = { protocolVersion, clientInfo, capabilities: {} };
      assert.equal((await peer.result('initialize', hello))['protocolVersion'], protocolVersion);
      assert.deepEqual(await peer.result('ping', {}), {});
    },
    'every tool of the manifest is listed, and no other': async (peer) => {
      for (const _meta of [MODERN, {}]) {
        const { tools } = await peer.result('tools/list', { _meta });
        const names = (tools as { name: string }[]).map(({ name }) => name);
        assert.deepEqual(names.toSorted(), subject.tools.toSorted());
      }
    },
    'the sample call is done in both revisions': async (peer) => {
      for (const meta of [MODERN, {}]) {
        const result = await peer.result('tools/call', call(meta));
        assert.notEqual(result['isError'], true);
        const outcome = (result['_meta'] as JsonObject)['opencomputer/outcome'];
        assert.equal((outcome as JsonObject)['status'], 'done');
      }
    },
    'calls at the same time are each answered once': async (peer) => {
      const calls = Array.from({ length: CALLS_AT_ONCE }, () =>
        peer.ask('tools/call', call(MODERN)),
      );
      const ids = (await Promise.all(calls)).map(({ id }) => id);
      assert.equal(new Set(ids).size, CALLS_AT_ONCE);
    },
    'bad messages get their errors, and the next good one its answer': async (peer) => {
      assert.equal(await peer.errorCode('no/such-method', { _meta: MODERN }), -32601);
      assert.equal(await peer.errorCode('tools/call', { name: 'no_such_tool' }), -32602);
      assert.equal(((await peer.raw('{"jsonrpc"'))['error'] as JsonObject)['code'], -32700);
      await peer.result('tools/call', call(MODERN));
    },
    'the process ends when its input is closed': async (peer) => {
      await peer.result('tools/call', call(MODERN));
      await peer.end();
    },
  };
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => {
      const peer = new Peer(subject);
      try {
        await check(peer);
      } finally {
        peer.kill();
      }
      assert.deepEqual(peer.strays, [], 'standard output holds messages only');
    },
  }));
}

/** The other end of a plugin's standard streams. */
class Peer {
  /** Lines that are no JSON. */
  readonly strays: string[] = [];
  readonly #process: ChildProcess;
  readonly #waiting = new Map<unknown, (message: JsonObject) => void>();
  #lastId = 0;

  constructor(subject: PluginUnderTest) {
    this.#process = spawn(subject.command, [...subject.arguments], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdout } = this.#process;
    assert.ok(stdout);
    createInterface({ input: stdout }).on('line', (line) => this.#receive(line));
  }

  ask(method: string, params: JsonObject): Promise<JsonObject> {
    this.#lastId += 1;
    const id = this.#lastId;
    return this.#exchange(id, JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  }

  /** Sends a line that has no id; its answer has none either. */
  raw(line: string): Promise<JsonObject> {
    return this.#exchange(null, line);
  }

  async result(method: string, params: JsonObject): Promise<JsonObject> {
    const answer = await this.ask(method, params);
    assert.ok('result' in answer, JSON.stringify(answer));
    return answer['result'] as JsonObject;
  }

  async errorCode(method: string, params: JsonObject): Promise<unknown> {
    const { error } = await this.ask(method, params);
    return (error as JsonObject | undefined)?.['code'];
  }

  async end(): Promise<void> {
    const exit = once(this.#process, 'exit', { signal: AbortSignal.timeout(END_MS_MAX) });
    this.#process.stdin?.end();
    await exit;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #exchange(id: unknown, line: string): Promise<JsonObject> {
    const { promise, resolve, reject } = Promise.withResolvers<JsonObject>();
    const timer = setTimeout(() => reject(new Error(`no answer to ${line}`)), ANSWER_MS_MAX);
    this.#waiting.set(id, (message) => {
      clearTimeout(timer);
      resolve(message);
    });
    this.#process.stdin?.write(`${line}\n`);
    return promise;
  }

  #receive(line: string): void {
    let message: JsonObject;
    try {
      message = JSON.parse(line) as JsonObject;
    } catch {
      this.strays.push(line);
      return;
    }
    const id = message['id'] ?? null;
    this.#waiting.get(id)?.(message);
    this.#waiting.delete(id);
  }
}
