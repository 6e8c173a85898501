import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { workFolder } from './fixtures/author.ts';
import { registryCredentials } from './registry-login.ts';

const auths = (host: string, text: string): string =>
  JSON.stringify({ auths: { [host]: { auth: btoa(text) } } });

test('a name and a password come from the variable first, then from the files', (t) => {
  const homeFolder = workFolder(t);
  mkdirSync(join(homeFolder, '.docker'));
  writeFileSync(join(homeFolder, '.docker', 'config.json'), auths('a.example:5000', 'ada:file'));
  const file = join(homeFolder, 'auth.json');
  writeFileSync(file, auths('https://b.example', 'ben:p:w'));
  const of = (host: string, variables = {}): object | undefined =>
    registryCredentials({ variables, homeFolder }, host);
  assert.deepEqual(of('a.example:5000'), { username: 'ada', password: 'file' });
  assert.equal(of('a.example'), undefined);
  const variables = {
    DOCKER_AUTH_CONFIG: auths('a.example:5000', 'ada:variable'),
    REGISTRY_AUTH_FILE: file,
  };
  assert.deepEqual(of('a.example:5000', variables), { username: 'ada', password: 'variable' });
  assert.deepEqual(of('b.example', variables), { username: 'ben', password: 'p:w' });
  assert.equal(of('constructor'), undefined);
});

test('a file that is no JSON is named, and nothing of it is shown', (t) => {
  const variables = { DOCKER_AUTH_CONFIG: 'hunter2' };
  const of = (): unknown =>
    registryCredentials({ variables, homeFolder: workFolder(t) }, 'a.example');
  assert.throws(of, (error) => error instanceof Error && !error.message.includes('hunter2'));
});
