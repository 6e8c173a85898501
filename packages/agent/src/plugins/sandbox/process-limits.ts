// Owns the reduced tier: a process of its own with resource limits, for code of ours behind Node's
// permission model. Refuses to be called a sandbox: what is foreign is never started by it.

import type { LimitHolders } from './limits.ts';
import { describeLimits, resourceLimits } from './limits.ts';
import type { Sandbox, SandboxSettings } from './enclosure.ts';

/** Starts programs as they are, under `prlimit` where the machine has it. */
export function processSandbox({ machine }: SandboxSettings): Sandbox {
  const { prlimit } = machine.programs;
  const holders: LimitHolders = {
    controllers: new Set(),
    countsProcesses: false,
    hardLimits: machine.hardLimits,
  };
  return {
    name: 'process',
    tier: 'reduced',
    describe: () =>
      describeLimits(holders).map((held) =>
        prlimit === undefined ? { ...held, heldBy: 'nothing', detail: 'prlimit is missing' } : held,
      ),
    enclose: (specification, { rights }) => {
      if (prlimit === undefined) return Promise.resolve(specification);
      const { command, arguments: rest } = specification;
      const limits = resourceLimits(rights.limits, holders);
      return Promise.resolve({
        ...specification,
        command: prlimit,
        arguments: [...limits, '--', command, ...rest],
      });
    },
  };
}
