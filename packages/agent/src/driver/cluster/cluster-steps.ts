// Owns the steps of a worker: those of turns, and those around them. Refuses to decide when one is due.

import type { ClusterSteps } from '@opencomputer/contracts/internal';
import { parkCrashing, parkUnreadable, isUnreadable } from '../parking.ts';
import type { DriverPorts } from '../ports.ts';
import { createTurnSteps } from './turn-steps.ts';

/** What the steps need beside the ports of every driver. */
export interface ClusterStepsParts<View> {
  readonly ports: DriverPorts<View>;
  /** Fires the timers that are due; gives the milliseconds until the next. */
  readonly fireTimers: () => Promise<number>;
}

/** The steps of a worker. */
export function createClusterSteps<View>({
  ports,
  fireTimers,
}: ClusterStepsParts<View>): ClusterSteps {
  const { mailbox } = ports.log;
  return {
    ...createTurnSteps(ports),
    next: async (conversation) => (await mailbox.next(conversation))?.id ?? null,
    park: async (turn) => {
      const open = (await mailbox.open()).find(({ id }) => id === turn);
      if (open === undefined) return;
      try {
        await parkCrashing(ports, open);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        await parkUnreadable(ports, open, error);
      }
    },
    fireTimers,
  };
}
