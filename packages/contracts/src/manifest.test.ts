import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { manifest } from './manifest.ts';
import { toolDeclaration } from './tool.ts';

const least = {
  name: 'notes',
  version: '1.0.0',
  framework_version: '^0.1.0',
  description: 'Keeps notes.',
  runtime: 'node',
};

test('the least manifest grants nothing', () => {
  const parsed = manifest.parse(least);
  assert.deepEqual(parsed.permissions, {
    network: [],
    files: { read: [], write: [] },
    environment: [],
    devices: [],
    processes: false,
  });
  assert.ok(Object.values(parsed.provides).every((part) => part.length === 0));
  assert.deepEqual(parsed.requires, { services: [], secrets: [] });
});

test('a tool reaches outside and is not idempotent unless it says otherwise', () => {
  const tool = toolDeclaration.parse({
    name: 'a_tool',
    description: 'Does a thing.',
    input: {},
    effect: 'read',
  });
  assert.equal(tool.reach, 'outside');
  assert.equal(tool.idempotent, false);
});

test('wrong values are refused with their path', () => {
  const result = manifest.safeParse({ ...least, provides: { tools: [{ name: 'Bad Name' }] } });
  assert.ok(!result.success);
  assert.ok(result.error.issues.some((issue) => issue.path.join('.') === 'provides.tools.0.name'));
});

test('the schema can be published as JSON Schema 2020-12', () => {
  const schema = z.toJSONSchema(manifest, { io: 'input' });
  assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
});

const tool = { name: 'a_tool', description: 'Does a thing.', input: {}, effect: 'write' };

/** Each contradiction with the path that is named. */
const contradictions: readonly (readonly [string, object, string])[] = [
  ['a command runtime without a command', { runtime: 'command' }, 'command'],
  ['an http runtime without a description', { runtime: 'http', url: 'https://a.org' }, 'openapi'],
  [
    'a server by command and by url',
    { runtime: 'mcp', command: ['a'], url: 'http://b' },
    'command',
  ],
  ['an image without its digest', { runtime: 'oci', image: 'debian:12' }, 'image'],
  ['an entry outside the plugin', { entry: '../handler.js' }, 'entry'],
  [
    'a cached write',
    { provides: { tools: [{ ...tool, cacheMs: 5_000 }] } },
    'provides.tools.0.cacheMs',
  ],
  [
    'an own fallback',
    { provides: { tools: [{ ...tool, fallback: 'a_tool' }] } },
    'provides.tools.0.fallback',
  ],
  ['a health check of no tool', { health: { tool: 'a_tool' } }, 'health.tool'],
  [
    'a secret for a host that is not asked for',
    { requires: { secrets: [{ name: 'key', description: 'The key', hosts: ['a.org'] }] } },
    'requires.secrets.0.hosts',
  ],
  [
    'a path with ..',
    { permissions: { files: { read: ['~/../root'] } } },
    'permissions.files.read.0',
  ],
  ['a tool where nothing runs', { runtime: 'none', provides: { tools: [tool] } }, 'provides.tools'],
  [
    'a variable that consent does not cover',
    { runtime: 'mcp', command: ['server', '${environment.TOKEN:-none}'] },
    'command.1',
  ],
  [
    'a value that the configuration does not have',
    { environment: { LEVEL: '${configuration.level}' }, configuration: { properties: {} } },
    'environment.LEVEL',
  ],
  [
    'a secret that is not required',
    { runtime: 'mcp', url: 'https://a.org', headers: { 'x-key': '{{secret:key}}' } },
    'headers.x-key',
  ],
  ['a secret outside a header', { environment: { KEY: '{{secret:key}}' } }, 'environment.KEY'],
  ['a header of two lines', { headers: { a: 'b\r\nc: d' } }, 'headers.a'],
  ['a start in another folder', { directory: '${plugin.root}/../other' }, 'directory'],
  ['a host with a user', { permissions: { network: ['a@b.org'] } }, 'permissions.network.0'],
];

for (const [what, part, path] of contradictions) {
  test(`${what} is refused at its place`, () => {
    const result = manifest.safeParse({ ...least, ...part });
    assert.ok(!result.success);
    assert.deepEqual(
      result.error.issues.map((issue) => issue.path.join('.')),
      [path],
    );
  });
}

test('a server that lists its own tools may have a service on one of them', () => {
  const services = [{ name: 'calendar', version: '1.0.0', operations: { list: 'list_events' } }];
  const server = { ...least, runtime: 'mcp', command: ['server'], provides: { services } };
  assert.equal(manifest.safeParse(server).success, true);
});

test('what a program is started with may be completed from what is declared', () => {
  const started = {
    ...least,
    runtime: 'mcp',
    command: ['server', '--level', '${configuration.level}', '${whatever}'],
    environment: { TOKEN: 'Bearer ${environment.TOKEN}', CODE: '${plugin.root}/code' },
    directory: '${plugin.data}/work',
    permissions: { environment: ['TOKEN'] },
    configuration: { type: 'object', properties: { level: { type: 'string' } } },
  };
  assert.equal(manifest.safeParse(started).success, true);
});
