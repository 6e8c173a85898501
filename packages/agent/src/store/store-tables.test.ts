import { test } from 'node:test';
import { migrationConformance } from '@opencomputer/testkit';
import { storeMigrations } from './store-tables.ts';

const tables = ['person_keys', 'chain_heads', 'damage'];
for (const { name, run } of migrationConformance(storeMigrations, tables)) test(name, run);
