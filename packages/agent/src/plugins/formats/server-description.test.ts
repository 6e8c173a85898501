import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { onlyPlugin, partOf, pluginFolder, problemOf } from './fixtures/plugins.ts';
import type { ImportedPlugin } from './imported-plugin.ts';
import { PluginFolder } from './plugin-folder.ts';
import { isServerDescription, readServerDescription } from './server-description.ts';

const least = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: 'io.github.example/weather-mcp',
  description: 'Tells the weather.',
  version: '1.0.2',
};
const npm = {
  registryType: 'npm',
  identifier: '@example/weather',
  version: '1.0.2',
  transport: { type: 'stdio' },
};

async function read(t: TestContext, written: object): Promise<ImportedPlugin> {
  const directory = await pluginFolder(t, { 'server.json': { ...least, ...written } });
  const folder = await PluginFolder.open(directory);
  assert.equal(await isServerDescription(folder), true);
  return onlyPlugin(await readServerDescription(folder, {}));
}

test('a package with arguments and variables, as a command line', async (t) => {
  const { manifest, program, warnings } = await read(t, {
    packages: [
      {
        ...npm,
        runtimeArguments: [{ type: 'named', name: '-y' }],
        packageArguments: [
          { type: 'positional', value: 'serve' },
          { type: 'named', name: '--level', value: '{n}', variables: { n: { default: '3' } } },
          { type: 'named', name: '--region', description: 'Where' },
          { type: 'named', name: '--city', isRequired: true },
          { type: 'named', name: '--quiet' },
          { type: 'positional', valueHint: 'data_path', format: 'filepath', isRequired: true },
        ],
        environmentVariables: [
          { name: 'API_KEY', isSecret: true, isRequired: true },
          { name: 'UNITS', choices: ['metric', 'imperial'], default: 'metric' },
          { name: 'FIXED', value: 'yes' },
          { name: 'UNSAID' },
        ],
      },
    ],
  });
  assert.equal(manifest.name, 'weather-mcp');
  assert.deepEqual(manifest.command, [
    'npx',
    '-y',
    '@example/weather@1.0.2',
    'serve',
    '--level',
    '${configuration.n}',
    '--region=${configuration.region}',
    '--city',
    '${configuration.city}',
    '--quiet',
    '${configuration.data_path}',
  ]);
  assert.deepEqual(manifest.environment, {
    API_KEY: '${environment.API_KEY}',
    UNITS: '${configuration.UNITS}',
    FIXED: 'yes',
  });
  assert.deepEqual(manifest.configuration?.['required'], ['city', 'data_path']);
  assert.deepEqual(manifest.permissions.files.read, ['folders']);
  assert.deepEqual(manifest.permissions.network, []);
  assert.deepEqual(program, { type: 'npm', package: '@example/weather', version: '1.0.2' });
  assert.match(warnings.join(), /when it starts/);
});

test('an address with a secret header, and other ways to the same server', async (t) => {
  const { manifest, parts } = await read(t, {
    packages: [{ registryType: 'oci', identifier: 'example/weather:1.0.2' }],
    remotes: [
      { type: 'sse', url: 'https://weather.example.com/sse' },
      {
        type: 'streamable-http',
        url: 'https://weather.example.com/{tenant}/mcp',
        variables: { tenant: { default: 'public' } },
        headers: [
          {
            name: 'Authorization',
            value: 'Bearer {key}',
            variables: { key: { isSecret: true, isRequired: true, description: 'The key' } },
          },
          { name: 'X-Units', choices: ['metric'] },
        ],
      },
      { type: 'streamable-http', url: 'https://other.example.com' },
    ],
  });
  assert.equal(manifest.url, 'https://weather.example.com/${configuration.tenant}/mcp');
  assert.deepEqual(manifest.headers, {
    Authorization: 'Bearer {{secret:key}}',
    'X-Units': '${configuration.X_Units}',
  });
  assert.deepEqual(manifest.requires.secrets, [
    { name: 'key', description: 'The key', hosts: ['weather.example.com'], optional: false },
  ]);
  assert.match(partOf(parts, 'package oci example/weather:1.0.2').reason ?? '', /image itself/);
  assert.match(partOf(parts, 'address https://other.example.com').reason ?? '', /another way/);
});

test('the first version of the format, with its keys in another form', async (t) => {
  const { manifest } = await read(t, {
    packages: [
      {
        registry_type: 'pypi',
        identifier: 'weather',
        version: '1.0.2',
        environment_variables: [{ name: 'API_KEY', is_secret: true }],
      },
    ],
  });
  assert.deepEqual(manifest.command, ['uvx', 'weather@1.0.2']);
  assert.deepEqual(manifest.permissions.environment, ['API_KEY']);
});

test('versions that are ranges, odd names and nothing usable are refused', async (t) => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ version: '^1.0.0' }, /server\.json:5: version/],
    [{ version: '1.x' }, /version/],
    [{ name: 'weather' }, /server\.json:3: name/],
    [{ packages: [{ ...npm, version: 'latest' }] }, /packages\.0\.version/],
    [{ packages: [{ ...npm, identifier: '--eval=x' }] }, /no package name/],
    [
      { packages: [{ ...npm, registryType: 'mcpb', identifier: 'https://a.org/a.mcpb' }] },
      /a\.mcpb/,
    ],
    [{ packages: [{ ...npm, transport: { type: 'streamable-http' } }] }, /is not started/],
    [{}, /no package and no address/],
  ];
  for (const [part, message] of wrong) assert.match(await problemOf(() => read(t, part)), message);
});

test('a server.json of something else is not one', async (t) => {
  for (const value of [{ name: 'x', port: 80 }, { packages: [] }, []]) {
    const folder = await PluginFolder.open(await pluginFolder(t, { 'server.json': value }));
    assert.equal(await isServerDescription(folder), false);
  }
});
