// Owns driving a chat endpoint from a process of its own: callers side by side, each with one request
// after another on a kept connection, and optionally the model directly in between. Refuses answers
// that are not 200.

import { Agent, request as openRequest } from 'node:http';
import { runProgram } from './child-process.ts';

/** Where chat completion requests go. */
export interface Endpoint {
  /** Without the path of the route, such as `http://127.0.0.1:8080/v1`. */
  readonly base: string;
  readonly key: string;
}

/** What is called, how often. */
export interface CallPlan {
  readonly endpoint: Endpoint;
  /** Called in turn with the endpoint, so that both see the same machine. */
  readonly direct?: Endpoint;
  /** Of each caller. */
  readonly turns: number;
  readonly text: string;
  readonly user: string;
  /** A new conversation for each turn. */
  readonly fresh?: boolean;
  /** Callers at the same time, each in a conversation of its own; 1 when absent. */
  readonly callers?: number;
}

/** Milliseconds of each request, in the order of their answers. */
export interface CallTimes {
  readonly endpoint: readonly number[];
  readonly direct: readonly number[];
  /** Milliseconds from the first request to the last answer. */
  readonly wallMs: number;
}

/** Calls from a separate process, so that its work is not counted and does not disturb. */
export async function callTurns(plan: CallPlan): Promise<CallTimes> {
  const words = [import.meta.filename, JSON.stringify(plan)];
  return JSON.parse(await runProgram({ words, environment: {} })) as CallTimes;
}

const answerMsMax = 60_000;

/** One request; resolves with its milliseconds when the whole answer has arrived. */
function call(to: Endpoint & { readonly connections: Agent }, body: string): Promise<number> {
  const { hostname, port, pathname } = new URL(to.base);
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const request = openRequest({
      agent: to.connections,
      hostname,
      port,
      path: `${pathname}/chat/completions`,
      method: 'POST',
      timeout: answerMsMax,
      headers: {
        authorization: `Bearer ${to.key}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    request.once('timeout', () => request.destroy(new Error('no answer in time')));
    request.once('error', reject);
    request.once('response', (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (piece: string) => (answer += piece));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - start);
        else reject(new Error(`${to.base} answered ${response.statusCode}: ${answer}`));
      });
    });
    request.end(body);
  });
}

async function callAll({ callers = 1, ...plan }: CallPlan): Promise<CallTimes> {
  const times = { endpoint: [] as number[], direct: [] as number[] };
  const connections = new Agent({ keepAlive: true });
  const start = performance.now();
  const users = Array.from({ length: callers }, (_, caller) =>
    callers === 1 ? plan.user : `${plan.user}-${caller}`,
  );
  await Promise.all(users.map((user) => callInTurn({ ...plan, user }, connections, times)));
  connections.destroy();
  return { ...times, wallMs: performance.now() - start };
}

/** One caller. */
async function callInTurn(
  { endpoint, direct, ...plan }: CallPlan,
  connections: Agent,
  times: { readonly endpoint: number[]; readonly direct: number[] },
): Promise<void> {
  const messages = [{ role: 'user', content: plan.text }];
  for (let turn = 0; turn < plan.turns; turn += 1) {
    const user = plan.fresh === true ? `${plan.user}-${turn}` : plan.user;
    const body = JSON.stringify({ model: 'bench', user, stream: false, messages });
    times.endpoint.push(await call({ ...endpoint, connections }, body));
    if (direct !== undefined) times.direct.push(await call({ ...direct, connections }, body));
  }
}

if (import.meta.main) {
  const plan = JSON.parse(process.argv[2] ?? '') as CallPlan;
  console.log(JSON.stringify(await callAll(plan)));
}
