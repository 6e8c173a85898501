// Owns the port of sandboxes: what they are made with, what they are asked, what they give. Refuses to
// know how any of them works.

import type { Clock, IdentifierSource } from '@opencomputer/contracts';
import type { ChildSpecification } from '../child.ts';
import type { HeldLimit } from './limits.ts';
import type { MachineFacts } from './machine.ts';
import type { SandboxRights } from './rights.ts';

/** One process to be enclosed. */
export interface EnclosureRequest {
  readonly plugin: string;
  readonly rights: SandboxRights;
  /** Told why a process is ended by the sandbox itself, one short sentence; must not throw. */
  breached(problem: string): void;
}

/** Encloses processes. The full tier holds what is foreign, the reduced one only what is ours. */
export interface Sandbox {
  readonly name: 'bubblewrap' | 'container' | 'process' | 'sandbox-exec';
  readonly tier: 'full' | 'reduced';
  /** What holds each limit, for the person who decides. */
  describe(): readonly HeldLimit[];
  /**
   * What is started in place of `specification`; it may be started again and again, and cleans up
   * after each end. Paths are resolved here, once. Throws PLUGIN_SANDBOX when the rights cannot be
   * held.
   */
  enclose(
    specification: ChildSpecification,
    request: EnclosureRequest,
  ): Promise<ChildSpecification>;
}

/** What every sandbox is made with. */
export interface SandboxSettings {
  readonly machine: MachineFacts;
  readonly clock: Clock;
  readonly newId: IdentifierSource;
  /** A folder that exists and that only we can write. */
  readonly directory: string;
  /** The Node program that opens the door to the proxy. */
  readonly node: string;
  /** The image whose file system a container gets; without one there is no container tier. */
  readonly containerImage?: string;
}
