// Owns the worker of this process: polls for workflows and steps until it is stopped, and begins anew
// when its connection is lost for good. Refuses to take signals of the process, which its owner has.

import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterEngineOptions, ClusterSteps } from '@opencomputer/contracts/internal';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { WorkflowBundle } from '@temporalio/worker';
import { createActivities, signOfLifeMs } from './activities.ts';
import { createDataConverter } from './data-converter.ts';
import { bundleWorkflows } from './workflow-bundle.ts';

/** A worker that polls. */
export interface RunningWorker {
  /** Gives back what has not begun, and resolves when what has begun ended or its time is up. */
  stop(): Promise<void>;
}

/** What a worker is made of. */
export interface WorkerParts extends ClusterEngineOptions {
  readonly steps: ClusterSteps;
  readonly namespace: string;
  readonly taskQueue: string;
}

/** Steps and workflows that one worker runs at the same time. */
const stepsMax = 64;
const workflowsMax = 40;
/** Workflows kept in memory; others are rebuilt from their history when they go on. */
const workflowsKeptMax = 300;
/** Milliseconds after which a kept workflow is offered to other workers: its own may be gone. */
const stickyMsMax = 2_000;
const restartMs = 1_000;

/** Starts a worker. Rejects when the server does not answer. */
export async function startWorker(parts: WorkerParts): Promise<RunningWorker> {
  installRuntime(parts.report);
  const bundle = await bundleWorkflows(parts.cacheDirectory);
  const first = await createWorker(parts, bundle);
  let current: Worker = first.worker;
  let isStopping = false;
  const ended = keepRunning(first, {
    next: async () => {
      const next = await createWorker(parts, bundle);
      current = next.worker;
      return next;
    },
    isStopping: () => isStopping,
    report: parts.report,
  });
  return {
    stop: async () => {
      isStopping = true;
      if (current.getState() === 'RUNNING') current.shutdown();
      await ended;
    },
  };
}

interface Polling {
  readonly worker: Worker;
  readonly connection: NativeConnection;
}

interface Restarts {
  readonly next: () => Promise<Polling>;
  readonly isStopping: () => boolean;
  readonly report: ClusterEngineOptions['report'];
}

/** A worker ends by itself only after a fault, such as a server that refused it for long. */
async function keepRunning(first: Polling, { next, isStopping, report }: Restarts): Promise<void> {
  let polling: Polling | undefined = first;
  for (;;) {
    try {
      polling ??= await next();
      await polling.worker.run();
    } catch (error) {
      report(error, 'worker');
    }
    await polling?.connection.close().catch((error: unknown) => report(error, 'worker'));
    polling = undefined;
    if (isStopping()) return;
    await delay(restartMs);
  }
}

async function createWorker(parts: WorkerParts, workflowBundle: WorkflowBundle): Promise<Polling> {
  const { address, namespace, taskQueue, key, graceMs, steps, report } = parts;
  const connection = await NativeConnection.connect({ address });
  try {
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle,
      dataConverter: createDataConverter(key),
      activities: createActivities(steps, report),
      maxConcurrentActivityTaskExecutions: stepsMax,
      maxConcurrentWorkflowTaskExecutions: workflowsMax,
      maxCachedWorkflows: workflowsKeptMax,
      stickyQueueScheduleToStartTimeout: stickyMsMax,
      maxHeartbeatThrottleInterval: signOfLifeMs,
      defaultHeartbeatThrottleInterval: signOfLifeMs,
      shutdownGraceTime: graceMs,
      workflowThreadPoolSize: 1,
    });
    return { worker, connection };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** One of a process; without it Temporal would end the worker at SIGTERM by itself. */
function installRuntime(report: ClusterEngineOptions['report']): void {
  if (Runtime._instance !== undefined) return;
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('ERROR', ({ message, meta }) =>
      report(meta?.['error'] ?? message, 'worker'),
    ),
  });
}
