import { test } from 'node:test';
import { migrationConformance } from '@opencomputer/testkit';
import { workflowMigrations } from './tables.ts';

for (const { name, run } of migrationConformance(workflowMigrations, ['timers'])) test(name, run);
