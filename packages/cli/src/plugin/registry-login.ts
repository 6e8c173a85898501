// Owns where the names and passwords for OCI registries come from: the files and the variable that
// docker and podman use. Refuses arguments, which every process of the machine could read.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OciCredentials } from '@opencomputer/agent/authoring';
import { AgentError } from '@opencomputer/contracts';
import type { Environment } from '../environment.ts';

const FILE_BYTES_MAX = 1_000_000;

/**
 * What is known for a host with its port: `DOCKER_AUTH_CONFIG` (the content of such a file), then
 * `REGISTRY_AUTH_FILE`, `$DOCKER_CONFIG/config.json`, `~/.docker/config.json`. Throws
 * CONFIG_UNREADABLE for a file that is there and is no JSON.
 */
export function registryCredentials(
  { variables, homeFolder }: Pick<Environment, 'variables' | 'homeFolder'>,
  host: string,
): OciCredentials | undefined {
  const given = variables['DOCKER_AUTH_CONFIG'];
  const files = [
    variables['REGISTRY_AUTH_FILE'],
    join(variables['DOCKER_CONFIG'] || join(homeFolder, '.docker'), 'config.json'),
  ];
  const sources: (readonly [name: string, text: string | undefined])[] = [
    ['DOCKER_AUTH_CONFIG', given],
    ...files.flatMap((file) => (file ? [[file, readText(file)] as const] : [])),
  ];
  for (const [name, text] of sources) {
    const found = text ? credentialsIn(parse(name, text), host) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function credentialsIn(value: unknown, host: string): OciCredentials | undefined {
  const auths = memberOf(value, 'auths');
  for (const key of [host, `https://${host}`, `https://${host}/v1/`, `https://${host}/v2/`]) {
    const auth = memberOf(memberOf(auths, key), 'auth');
    if (typeof auth !== 'string') continue;
    const text = Buffer.from(auth, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return undefined;
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The text of the error would quote the file, and with it a password.
    throw new AgentError('CONFIG_UNREADABLE', { file, problem: 'it is not valid JSON' });
  }
}

function readText(file: string): string | undefined {
  try {
    const content = readFileSync(file);
    if (content.length <= FILE_BYTES_MAX) return content.toString('utf8');
    throw new AgentError('CONFIG_UNREADABLE', { file, problem: 'it is too large' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
