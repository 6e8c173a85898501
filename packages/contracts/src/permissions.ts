// Owns what a plugin may touch and how much of the machine it may use, as its manifest asks for it.
// Refuses defaults that widen rights: what is not declared is not granted.

import * as z from 'zod';

const hostPattern = z
  .string()
  .max(300)
  .regex(
    /^(?:http:\/\/)?(?:\*|(?:\*\.)?[^\s/:@*?#\\%]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i,
    'a host such as api.example.com or *.example.com, with a port where it is not 80 or 443',
  );

/** A folder or file outside the plugin; `folders` are the ones that the person granted to the agent. */
const grantedPath = z
  .string()
  .max(1_000)
  .regex(
    /^(?:folders|~(?:\/(?!\.\.(?:\/|$))[^/\0]+)*|(?:\/(?!\.\.(?:\/|$))[^/\0]+)+)$/,
    'folders, or a path that begins with / or ~/ and has no ..',
  );

export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'the name of a variable');

const devicePath = z
  .string()
  .regex(/^\/dev\/(?!\.)[a-z0-9_/-]{1,100}$/i, 'a path such as /dev/video0');

/** Files and folders outside the plugin's own. */
export const filePermissions = z.strictObject({
  read: z.array(grantedPath).max(50).default([]),
  /** What may be written may also be read. */
  write: z.array(grantedPath).max(50).default([]),
});
export type FilePermissions = z.infer<typeof filePermissions>;

/** What the plugin may touch. Empty = nothing but its own storage. */
export const permissions = z.strictObject({
  /**
   * Hosts: `api.example.com`, `*.example.com`, `*` for every public host; with `:port` beside 80 and
   * 443; with `http://` before a host that is reached without TLS.
   */
  network: z.array(hostPattern).max(100).default([]),
  files: filePermissions.prefault({}),
  /** Names of environment variables that are handed on; their values are the operator's. */
  environment: z.array(variableName).max(50).default([]),
  devices: z.array(devicePath).max(20).default([]),
  /** Starts other programs. */
  processes: z.boolean().default(false),
});
export type Permissions = z.infer<typeof permissions>;

/** Bounds that the host keeps, whatever the plugin does. */
export const resources = z.strictObject({
  memoryMb: z.int().min(16).max(8192).default(256),
  /** Cores, such as 0.5. */
  cpuShare: z.number().min(0.05).max(64).default(1),
  processesMax: z.int().min(1).max(4096).default(64),
  /** What it may keep in its private folder. */
  diskMb: z.int().min(1).max(1_000_000).default(256),
  outputBytesMax: z.int().min(1_000).max(64_000_000).default(1_000_000),
  /** Time from its start to its first answer. */
  startMs: z.int().min(100).max(600_000).default(30_000),
  idleMs: z.int().min(1_000).max(3_600_000).default(60_000),
});
export type Resources = z.infer<typeof resources>;

/** A secret that the plugin names and never sees: the egress proxy puts it into requests. */
export const secretRequirement = z.strictObject({
  /** As in `{{secret:name}}`. */
  name: z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, 'lower-case letters, digits, - and _'),
  /** What a person is asked for. */
  description: z.string().min(1).max(200),
  /** The only hosts that it may be sent to; each must be within `permissions.network`. */
  hosts: z.array(hostPattern).min(1).max(20),
  optional: z.boolean().default(false),
});
export type SecretRequirement = z.infer<typeof secretRequirement>;
