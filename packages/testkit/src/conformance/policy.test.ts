import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Policy } from '@opencomputer/contracts';
import { policyConformance } from './policy.ts';

/** Reads of one's own are allowed, all else is asked. */
const careful: Policy = ({ effect, reach, interactive }) => {
  if (effect === 'read' && reach === 'own') return { decision: 'allow', rule: 'own', reason: 'x' };
  if (interactive) return { decision: 'ask', rule: 'ask', reason: 'x' };
  return { decision: 'deny', rule: 'unattended', reason: 'x' };
};

for (const { name, run } of policyConformance(careful)) test(name, run);

let count = 0;

/** A policy with something wrong, and the case that finds it. */
const faulty: Record<string, Policy> = {
  'it always decides, with a rule and a reason in words': (request) => ({
    ...careful(request),
    reason: '',
  }),
  'the same request has the same decision, and is not altered': (request) => ({
    ...careful(request),
    reason: `asked ${(count += 1)} times`,
  }),
  'it asks only where somebody can answer': (request) => careful({ ...request, interactive: true }),
  'a value that is less the person’s own never allows more': (request) =>
    request.origins['text'] === 'untrusted'
      ? { decision: 'allow', rule: 'odd', reason: 'x' }
      : careful(request),
  'a third party is never allowed more than official code': (request) =>
    request.tier === 'third-party'
      ? { decision: 'allow', rule: 'odd', reason: 'x' }
      : careful(request),
  'what a model writes into a call does not grant it': (request) =>
    'approved' in request.call.arguments
      ? { decision: 'allow', rule: 'odd', reason: 'x' }
      : careful(request),
  'a grant for another tool, or for other arguments, changes nothing': (request) =>
    request.grants.length > 0 ? { decision: 'allow', rule: 'odd', reason: 'x' } : careful(request),
  'a grant for an equally named tool of another plugin changes nothing': (request) =>
    request.grants.some((grant) => grant.type === 'tool' && grant.tool === request.call.tool)
      ? { decision: 'allow', rule: 'odd', reason: 'x' }
      : careful(request),
};

for (const [name, policy] of Object.entries(faulty)) {
  test(`a policy that breaks it is found by "${name}"`, async () => {
    const cases = policyConformance(policy);
    await assert.rejects(cases.find((one) => one.name === name)?.run() ?? Promise.resolve());
  });
}
