// Owns the checks of what lies outside the agent: runtime, configuration, data directory, sandbox.
// Refuses to open the database: that is the agent's.

import { accessSync, constants, lstatSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { loadConfiguration } from '../configuration.ts';
import type { Environment } from '../environment.ts';
import { shownError } from '../failure.ts';
import type { Finding } from './finding.ts';

const NODE_MAJOR_MIN = 24;
const NODE_MAJOR = 26;

/** The version of Node. */
export function checkRuntime({ nodeVersion, platform }: Environment): Finding[] {
  const major = Number(nodeVersion.split('.')[0]);
  const text = `Node ${nodeVersion} on ${platform}`;
  const remedy = `use Node ${NODE_MAJOR}, as \`npm start\` in the project does`;
  if (major < NODE_MAJOR_MIN) return [{ state: 'fail', text, remedy }];
  return [major < NODE_MAJOR ? { state: 'warn', text, remedy } : { state: 'ok', text }];
}

/** The file, its values and its unknown keys. */
export function checkConfiguration(environment: Environment): Finding[] {
  const { configurationFile: file, homeFolder: home } = environment;
  try {
    const { exists, warnings } = loadConfiguration({ file, home });
    const text = exists ? `configuration ${file}` : `no configuration at ${file}: all defaults`;
    return [
      { state: 'ok', text },
      ...warnings.map((warning): Finding => ({
        state: 'warn',
        text: warning,
        remedy: 'correct or remove that key',
      })),
    ];
  } catch (error) {
    const { message, remedy, code } = shownError(error);
    return [{ state: 'fail', text: `${message} [${code}]`, remedy }];
  }
}

/** That the data directory, if there is one, is closed to other users. */
export function checkDirectory({ dataDirectory: directory, platform }: Environment): Finding[] {
  try {
    const { mode, uid } = statSync(directory);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    if (platform === 'win32') return [{ state: 'ok', text: `data directory ${directory}` }];
    const self = process.getuid?.();
    if (self !== undefined && uid !== self) {
      const text = `data directory ${directory} belongs to user ${uid}, not ${self}`;
      return [
        { state: 'fail', text, remedy: `run \`chown -R ${self} ${directory}\` as its owner` },
      ];
    }
    const open = openFiles(directory);
    if ((mode & 0o077) !== 0) open.unshift(directory);
    const remedy = `run \`chmod -R go-rwx ${directory}\``;
    if (open.length > 0) return [{ state: 'warn', text: `others can read ${open[0]}`, remedy }];
    return [{ state: 'ok', text: `data directory ${directory}, closed to others` }];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') {
      return [{ state: 'ok', text: `data directory ${directory} will be made at the first start` }];
    }
    const text = `data directory ${directory} cannot be used (${String(code)})`;
    return [{ state: 'fail', text, remedy: 'correct its owner and permissions' }];
  }
}

function openFiles(directory: string): string[] {
  return readdirSync(directory)
    .map((name) => join(directory, name))
    .filter((file) => {
      const status = lstatSync(file);
      return status.isFile() && (status.mode & 0o077) !== 0;
    });
}

/** That the programs which confine plugins are there. */
export function checkSandbox({ platform, variables }: Environment): Finding[] {
  if (platform === 'win32') {
    const text = 'no sandbox on Windows: commands and code ask before each run';
    return [{ state: 'warn', text, remedy: 'run the agent in WSL 2' }];
  }
  const name = platform === 'darwin' ? 'sandbox-exec' : 'bwrap';
  const found = findProgram(name, variables['PATH'] ?? '');
  if (found !== undefined) return [{ state: 'ok', text: `sandbox ${found}` }];
  const text = `no ${name}: commands and code ask before each run`;
  return [{ state: 'warn', text, remedy: 'install the package bubblewrap' }];
}

function findProgram(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
