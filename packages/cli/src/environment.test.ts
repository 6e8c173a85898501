import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentOf, readEnvironment } from './environment.ts';
import type { Environment, EnvironmentSource } from './environment.ts';

const of = (
  variables: Record<string, string>,
  changes: Partial<EnvironmentSource> = {},
): Environment =>
  environmentOf({
    variables,
    platform: 'linux',
    nodeVersion: '26.0.0',
    homeFolder: '/home/ada',
    workingFolder: '/srv/work',
    timeZone: 'Europe/Berlin',
    streams: { input: true, output: true, error: true, columns: 100 },
    ...changes,
  });

test('the data directory is where the platform keeps data', () => {
  assert.equal(of({}).dataDirectory, '/home/ada/.local/share/opencomputer');
  assert.equal(of({ XDG_DATA_HOME: '/data' }).dataDirectory, '/data/opencomputer');
  assert.equal(
    of({}, { platform: 'darwin' }).dataDirectory,
    '/home/ada/Library/Application Support/opencomputer',
  );
  assert.match(
    of({ LOCALAPPDATA: '/c/local' }, { platform: 'win32' }).dataDirectory,
    /local.opencomputer$/,
  );
});

test('OPENCOMPUTER_HOME wins, and a relative one is taken from the working folder', () => {
  assert.equal(of({ OPENCOMPUTER_HOME: '/a', XDG_DATA_HOME: '/b' }).dataDirectory, '/a');
  assert.equal(of({ OPENCOMPUTER_HOME: 'a' }).dataDirectory, '/srv/work/a');
});

test('a relative XDG_DATA_HOME is ignored', () => {
  assert.equal(of({ XDG_DATA_HOME: 'x' }).dataDirectory, '/home/ada/.local/share/opencomputer');
});

test('the configuration lies in the data directory unless it is named', () => {
  assert.equal(of({ OPENCOMPUTER_HOME: '/a' }).configurationFile, '/a/config.yaml');
  assert.equal(of({ OPENCOMPUTER_CONFIG: '/etc/oc.yaml' }).configurationFile, '/etc/oc.yaml');
});

test('colour follows the terminal, NO_COLOR, FORCE_COLOR and TERM=dumb', () => {
  const piped = { streams: { input: false, output: false, error: false, columns: undefined } };
  assert.equal(of({}).terminal.isColoured, true);
  assert.equal(of({ NO_COLOR: '1' }).terminal.isColoured, false);
  assert.equal(of({ NO_COLOR: '' }).terminal.isColoured, true);
  assert.equal(of({ TERM: 'dumb' }).terminal.isColoured, false);
  assert.equal(of({}, piped).terminal.isColoured, false);
  assert.equal(of({ FORCE_COLOR: '1' }, piped).terminal.isColoured, true);
  assert.equal(of({ FORCE_COLOR: '0' }).terminal.isColoured, false);
  assert.equal(of({ FORCE_COLOR: '1', NO_COLOR: '1' }).terminal.isColoured, false);
});

test('the width is the terminal’s, else COLUMNS; what goes to a program is not cut', () => {
  const piped = { streams: { input: false, output: false, error: false, columns: undefined } };
  assert.equal(of({ COLUMNS: '50' }).terminal.columns, 100);
  assert.equal(of({ COLUMNS: '50' }, piped).terminal.columns, 50);
  assert.equal(of({ COLUMNS: 'wide' }, piped).terminal.columns, 10_000);
});

test('the locale is a language tag, and English where the system names none', () => {
  assert.equal(of({ LANG: 'de_DE.UTF-8' }).locale, 'de-DE');
  assert.equal(of({ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }).locale, 'en-GB');
  assert.equal(of({ LANG: 'C.UTF-8' }).locale, 'en-GB');
  assert.equal(of({}).locale, 'en-GB');
});

test('a cluster is known by its variables, empty ones left out', () => {
  const OPENCOMPUTER_DATABASE_URL = 'postgresql://db/agent';
  assert.deepEqual(of({}).cluster, {});
  assert.deepEqual(of({ OPENCOMPUTER_DATABASE_URL, OPENCOMPUTER_ROOT_KEY_FILE: '' }).cluster, {
    databaseUrl: OPENCOMPUTER_DATABASE_URL,
  });
});

test('a build machine is unattended', () => {
  assert.equal(of({ CI: 'true' }).isUnattended, true);
  assert.equal(of({ CI: 'false' }).isUnattended, false);
});

test('the facts of this process name a zone and an absolute data directory', () => {
  const facts = readEnvironment();
  assert.match(facts.dataDirectory, /^(\/|[A-Z]:)/);
  assert.ok(facts.timeZone.length > 0);
});
