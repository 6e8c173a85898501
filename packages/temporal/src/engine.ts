// Owns the connection of a process to Temporal: wakes conversations, hands inputs to turns, and runs
// the worker where there are steps to run. Refuses words of a person in anything that is not sealed.

import { AgentError } from '@opencomputer/contracts';
import type {
  ClusterEngine,
  ClusterEngineOptions,
  ConversationKey,
  OpenClusterEngine,
} from '@opencomputer/contracts/internal';
import { Client, Connection, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { createDataConverter } from './data-converter.ts';
import { startWorker } from './worker.ts';
import type { RunningWorker } from './worker.ts';
import type { conversation, timers } from './workflows/index.ts';
import { earlySignal, inputSignal, wakeSignal, workflowTaskMsMax } from './workflows/names.ts';
import type { EarlyInput } from './workflows/names.ts';

const namespaceDefault = 'default';
const connectMsMax = 5_000;

/** Opens the engine; see the port. */
export const openEngine: OpenClusterEngine = async (options) => {
  const { address, namespace = namespaceDefault, key, installation } = options;
  const taskQueue = `opencomputer-${installation}`;
  try {
    const connection = await Connection.connect({ address, connectTimeout: connectMsMax });
    const client = new Client({ connection, namespace, dataConverter: createDataConverter(key) });
    let worker: RunningWorker | undefined;
    try {
      await connection.workflowService.describeNamespace({ namespace });
      const { steps } = options;
      worker = steps && (await startWorker({ ...options, steps, namespace, taskQueue }));
    } catch (error) {
      await connection.close();
      throw error;
    }
    return serve({ client, taskQueue, installation, ...(worker && { worker }) });
  } catch (error) {
    throw unreachable(options, error);
  }
};

interface Serving {
  readonly client: Client;
  readonly taskQueue: string;
  readonly installation: string;
  readonly worker?: RunningWorker;
}

function serve({ client, taskQueue, installation, worker }: Serving): ClusterEngine {
  const { workflow } = client;
  const started = { taskQueue, workflowTaskTimeout: workflowTaskMsMax };
  const ofConversation = ({ conversation: name, key }: ConversationKey) => ({
    ...started,
    workflowId: key,
    args: [{ conversation: name, early: [] }] as [{ conversation: string; early: [] }],
  });
  return {
    wake: async (which) => {
      const signalled = { ...ofConversation(which), signal: wakeSignal };
      await workflow.signalWithStart<typeof conversation>('conversation', signalled);
    },
    signal: async (which, turn, input) => {
      try {
        await workflow.getHandle(turn).signal(inputSignal, input);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        await workflow.signalWithStart<typeof conversation, [EarlyInput]>('conversation', {
          ...ofConversation(which),
          signal: earlySignal,
          signalArgs: [{ turn, input }],
        });
      }
    },
    wakeTimers: async () => {
      await workflow.signalWithStart<typeof timers>('timers', {
        ...started,
        workflowId: `timers-${installation}`,
        signal: wakeSignal,
      });
    },
    stop: async () => {
      await worker?.stop();
      await client.connection.close();
    },
  };
}

function unreachable({ address }: ClusterEngineOptions, error: unknown): AgentError {
  const details = isGrpcServiceError(error) ? error.details : undefined;
  const problem = details ?? (error instanceof Error ? error.message : String(error));
  return new AgentError('ENGINE_UNREACHABLE', { address, problem }, { cause: error });
}
