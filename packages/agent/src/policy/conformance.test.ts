import { test } from 'node:test';
import { policyConformance } from '@opencomputer/testkit';
import { decide } from './policy.ts';

for (const { name, run } of policyConformance(decide)) test(`policy: ${name}`, run);
