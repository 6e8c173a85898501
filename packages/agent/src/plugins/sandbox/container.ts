// Owns the full tier where only a container engine is: podman or docker, under runsc where that is
// installed, on the file system of an image. Refuses a door to the proxy, and variables of two lines.

import { execFile, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { ChildProcess, ChildSpecification } from '../child.ts';
import { anonymousFile } from './anonymous-file.ts';
import { innerEnvironment } from './command.ts';
import { identityOf } from './identity.ts';
import { MEMORY_HOME } from './inner-root.ts';
import { describeLimits } from './limits.ts';
import { refusal, resolveRights } from './rights.ts';
import type { Grant } from './rights.ts';
import type { EnclosureRequest, Sandbox, SandboxSettings } from './enclosure.ts';

/** Which engine starts which image. */
export interface ContainerEngine {
  /** Path of podman or docker. */
  readonly engine: string;
  readonly image: string;
}

const BYTES_PER_MB = 1_048_576;
const REMOVE_MS_MAX = 30_000;

/** Starts each process in a container of its own, which is removed at its end. */
export function containerSandbox(settings: SandboxSettings, engine: ContainerEngine): Sandbox {
  return {
    name: 'container',
    tier: 'full',
    describe: () =>
      describeLimits({
        controllers: new Set(['memory', 'pids', 'cpu']),
        countsProcesses: true,
        hardLimits: settings.machine.hardLimits,
      }),
    enclose: async (specification, request) => {
      const { plugin, rights } = request;
      if (rights.network !== 'none') {
        throw refusal(plugin, 'in a container it can have no network; install bubblewrap');
      }
      const grants = await resolveRights(plugin, rights);
      const home = rights.scratch.home ?? MEMORY_HOME;
      const variables = {
        ...innerEnvironment(specification.environment),
        HOME: home,
        TMPDIR: '/tmp',
      };
      for (const [name, value] of Object.entries(variables)) {
        if (/[\r\n]/.test(value)) {
          throw refusal(plugin, `the value of ${name} has two lines, which no container takes`);
        }
      }
      const text = Object.entries(variables)
        .filter(([name]) => name !== 'PATH')
        .map(([name, value]) => `${name}=${value}\n`)
        .join('');
      const run = {
        settings,
        engine,
        specification,
        request,
        grants,
        home,
        variables: text,
      };
      return { ...specification, start: () => startContainer(run) };
    },
  };
}

interface ContainerRun {
  readonly settings: SandboxSettings;
  readonly engine: ContainerEngine;
  readonly specification: ChildSpecification;
  readonly request: EnclosureRequest;
  readonly grants: readonly Grant[];
  readonly home: string;
  /** The lines of its `--env-file`: on the command line everybody could read them. */
  readonly variables: string;
}

function startContainer(run: ContainerRun): ChildProcess {
  const { settings, engine, variables } = run;
  const name = `opencomputer-${settings.newId()}`;
  const descriptor = anonymousFile(settings.directory, settings.newId(), variables);
  const running = spawn(engine.engine, containerArguments(run, name), {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', HOME: settings.directory },
    stdio: ['pipe', 'pipe', 'pipe', descriptor],
    detached: true,
  }) as ChildProcess;
  closeSync(descriptor);
  // The end of the client is not the end of the container.
  running.once('exit', () => {
    execFile(engine.engine, ['rm', '--force', name], { timeout: REMOVE_MS_MAX }, () => undefined);
  });
  return running;
}

/** Arguments of podman and docker alike; its variables are read from descriptor 3. */
export function containerArguments(run: ContainerRun, name: string): readonly string[] {
  const { settings, engine, specification, request, grants, home } = run;
  const { machine } = settings;
  const { limits } = request.rights;
  const { userId, groupId } = identityOf(machine, request.plugin);
  const memoryBytes = String(limits.memoryMb * BYTES_PER_MB);
  const temporaryMb = Math.min(limits.diskMb, Math.ceil(limits.memoryMb / 2));
  return [
    ['run', '--rm', '--interactive', '--name', name, '--pull', 'never', '--init'],
    machine.programs.runsc === undefined ? [] : ['--runtime', 'runsc'],
    ['--network', 'none', '--read-only', '--cap-drop', 'ALL'],
    ['--security-opt', 'no-new-privileges', '--user', `${userId}:${groupId}`],
    ['--memory', memoryBytes, '--memory-swap', memoryBytes, '--cpus', String(limits.cpuShare)],
    ['--pids-limit', String(limits.processesMax), '--ulimit', 'core=0'],
    ['--ulimit', `nofile=${limits.filesMax}`],
    ['--ulimit', `fsize=${limits.diskMb * BYTES_PER_MB}`],
    ['--tmpfs', `/tmp:rw,nosuid,nodev,mode=1777,size=${temporaryMb}m`],
    ['--env-file', '/dev/fd/3'],
    grants.flatMap(({ source, target, access }) =>
      access === 'device'
        ? ['--device', source]
        : ['--mount', mount(source, target, access === 'write')],
    ),
    ['--workdir', request.rights.scratch.home === undefined ? '/tmp' : home],
    ['--entrypoint', specification.command, engine.image, ...specification.arguments],
  ].flat();
}

/** One value of `--mount`, quoted as CSV: a comma in a path must not become another option. */
function mount(source: string, target: string, isWritten: boolean): string {
  const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;
  const ends = [`source=${source}`, `target=${target}`].map(quoted);
  return ['type=bind', ...ends, ...(isWritten ? [] : ['readonly'])].join(',');
}
