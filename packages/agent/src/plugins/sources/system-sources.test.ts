import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { publicRegistries } from './npm.ts';
import { systemSources } from './system-sources.ts';

const machine = {
  fetch: () => Promise.reject(new Error('no network')),
  clock: createFakeClock(),
  temporary: '/data/fetching',
  home: '/home/ann',
};

test('programs that fetch see the way to the network and nothing else of the environment', () => {
  const environment = {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy',
    API_KEY: 'canary',
    NO_PROXY: '',
  };
  const sources = systemSources({ ...machine, environment });
  assert.deepEqual(sources.environment, { PATH: '/bin', HTTPS_PROXY: 'http://proxy' });
  assert.deepEqual(sources.registries, publicRegistries);
});

test('registries are those that npm and pip are told of', () => {
  const environment = { npm_config_registry: 'https://npm.example/', PIP_INDEX_URL: '' };
  const { registries } = systemSources({ ...machine, environment });
  assert.deepEqual(registries, { ...publicRegistries, npm: 'https://npm.example' });
});
