// Owns what a command is given when it runs in a real process: standard streams, Ctrl-C, the
// machine's clock. Refuses logic: it only hands the process over.

import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { Clock } from '@opencomputer/contracts';
import { agentDoor } from './agent-connection.ts';
import type { AgentDoor, CommandContext, TextInput } from './command-context.ts';
import { readEnvironment } from './environment.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The context of this process; `agent` replaces the door where a test brings its own. */
export function processContext(agent?: AgentDoor): CommandContext {
  const environment = readEnvironment();
  endQuietlyWhenReaderLeaves();
  return {
    environment,
    input: process.stdin,
    output: { write: (text) => void process.stdout.write(text) },
    error: { write: (text) => void process.stderr.write(text) },
    clock: systemClock,
    agent: agent ?? agentDoor(environment),
    openTerminalInput,
    onInterrupt: (listener) => {
      process.on('SIGINT', listener).on('SIGTERM', listener);
      return () => process.off('SIGINT', listener).off('SIGTERM', listener);
    },
  };
}

/** `agent … | head` ends when head has what it wants. */
function endQuietlyWhenReaderLeaves(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

function openTerminalInput(): TextInput | undefined {
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    // No controlling terminal, or a platform without this name for it.
    return undefined;
  }
}
