// Owns the choice between sandboxes: which one a plugin gets on this machine.
// Refuses to start what needs a full one where there is none, and says what to install.

import { bubblewrapSandbox } from './bubblewrap.ts';
import { containerSandbox } from './container.ts';
import type { Sandbox, SandboxSettings } from './enclosure.ts';
import type { MachineFacts } from './machine.ts';
import { processSandbox } from './process-limits.ts';
import { refusal } from './rights.ts';
import { seatbeltSandbox } from './seatbelt.ts';

/** What is to run. */
export interface SandboxNeed {
  readonly plugin: string;
  readonly official: boolean;
  /** True when it runs code or commands that a model or a file gives it. */
  readonly runsForeignCode: boolean;
}

/** The strongest sandbox that this machine has for it. Throws PLUGIN_SANDBOX when there is none. */
export function chooseSandbox(need: SandboxNeed, settings: SandboxSettings): Sandbox {
  const { machine } = settings;
  const { platform, programs, bubblewrap } = machine;
  if (platform === 'win32') {
    throw refusal(need.plugin, 'Windows has none; run OpenComputer in WSL 2');
  }
  if (platform === 'darwin' && programs['sandbox-exec'] !== undefined) {
    return seatbeltSandbox(settings, programs['sandbox-exec']);
  }
  if (bubblewrap?.problem === '') return bubblewrapSandbox(settings);
  const engine = programs.podman ?? programs.docker;
  if (engine !== undefined && settings.containerImage !== undefined) {
    return containerSandbox(settings, { engine, image: settings.containerImage });
  }
  if (need.official && !need.runsForeignCode) return processSandbox(settings);
  throw refusal(need.plugin, missing(machine));
}

function missing({ platform, programs, bubblewrap }: MachineFacts): string {
  if (platform !== 'linux') return `there is none for ${platform}`;
  if (bubblewrap !== undefined) return `bubblewrap does not work here (${bubblewrap.problem})`;
  const engine = programs.podman ?? programs.docker;
  const container = engine === undefined ? '' : `, and no image for ${engine} is configured`;
  return `the package bubblewrap is not installed${container}`;
}
