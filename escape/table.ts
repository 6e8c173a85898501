// Owns the one table of hostile programs, chapter by chapter. Refuses to hold anything else.

import { fileProbes } from './probes/files.ts';
import { kernelProbes } from './probes/kernel.ts';
import { networkProbes } from './probes/network.ts';
import { processProbes } from './probes/processes.ts';
import { proxyProbes } from './probes/proxy.ts';
import { resourceProbes } from './probes/resources.ts';
import type { Probe } from './probe.ts';

export const table: readonly Probe[] = [
  ...fileProbes,
  ...processProbes,
  ...kernelProbes,
  ...networkProbes,
  ...proxyProbes,
  ...resourceProbes,
];
