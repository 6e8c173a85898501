import { test } from 'node:test';
import { migrationConformance } from '@opencomputer/testkit';
import { driverMigrations } from './tables.ts';

for (const { name, run } of migrationConformance(driverMigrations, ['events'])) test(name, run);
