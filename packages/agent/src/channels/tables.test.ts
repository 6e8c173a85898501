import { test } from 'node:test';
import { migrationConformance } from '@opencomputer/testkit';
import { channelMigrations } from './tables.ts';

for (const { name, run } of migrationConformance(channelMigrations, ['inbox', 'outbox']))
  test(name, run);
