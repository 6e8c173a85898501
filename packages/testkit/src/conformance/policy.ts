// Owns what every policy must be: pure, total, and never softer for what a model says. Refuses rules
// of its own: which calls are allowed is the author's, except where nobody could ever answer.

import assert from 'node:assert/strict';
import type { Grant, Origin, Policy, PolicyDecision, PolicyRequest } from '@opencomputer/contracts';
import type { ConformanceCase } from './tool.ts';

const tiers = ['builtin', 'official', 'contained', 'third-party'] as const;
const effects = ['read', 'write', 'send', 'irreversible'] as const;
const reaches = ['own', 'folder', 'outside'] as const;
const origins: readonly Origin[] = ['user', 'model', 'untrusted'];
const order = { allow: 2, ask: 1, deny: 0 } as const;

const call = { callId: 'c1', tool: 'pay', arguments: { text: 'to Bob' } };
const grants: readonly (readonly Grant[])[] = [
  [],
  [{ type: 'tool', plugin: 'bank', tool: 'another' }],
  [{ type: 'tool', plugin: 'bank', tool: 'pay' }],
  [{ type: 'exact', plugin: 'bank', call: { ...call, arguments: { text: 'to Eve' } } }],
  [{ type: 'exact', plugin: 'bank', call }],
];
/** Grants of an equally named tool, and of the same call, of another plugin. */
const elsewhere: readonly Grant[] = [
  { type: 'tool', plugin: 'shop', tool: 'pay' },
  { type: 'exact', plugin: 'shop', call },
];

/** Every kind of request: 4 tiers × 4 effects × 3 reaches × 3 origins × 2 × 5 grants. */
const requests: readonly PolicyRequest[] = tiers.flatMap((tier) =>
  effects.flatMap((effect) =>
    reaches.flatMap((reach) =>
      origins.flatMap((origin) =>
        [true, false].flatMap((interactive) =>
          grants.map((given) => ({
            call,
            plugin: 'bank',
            tier,
            effect,
            reach,
            origins: { text: origin },
            interactive,
            grants: given,
          })),
        ),
      ),
    ),
  ),
);

/** The cases for a policy. Give each to `test(name, run)`. */
export function policyConformance(policy: Policy): readonly ConformanceCase[] {
  const cases: Record<string, (request: PolicyRequest) => void> = {
    'it always decides, with a rule and a reason in words': (request) => {
      const { decision, rule, reason } = policy(request);
      assert.ok(decision in order, `"${decision}" is no decision`);
      assert.match(rule, /^[a-z][a-z0-9-]*$/);
      assert.ok(reason.trim().length > 0);
    },
    'the same request has the same decision, and is not altered': (request) => {
      const given = freeze(structuredClone(request));
      const first = policy(given);
      assert.deepEqual(policy(given), first);
      assert.deepEqual(policy(structuredClone(request)), first);
    },
    'it asks only where somebody can answer': (request) => {
      if (!request.interactive) assert.notEqual(policy(request).decision, 'ask');
    },
    'a value that is less the person’s own never allows more': (request) => {
      const strength = (origin: Origin): number =>
        order[policy({ ...request, origins: { text: origin } }).decision];
      assert.ok(strength('user') >= strength('model'));
      assert.ok(strength('model') >= strength('untrusted'));
    },
    'a third party is never allowed more than official code': (request) => {
      const strength = (tier: PolicyRequest['tier']): number =>
        order[policy({ ...request, tier }).decision];
      assert.ok(strength('third-party') <= strength('contained'));
      assert.ok(strength('contained') <= strength('official'));
    },
    'what a model writes into a call does not grant it': (request) => {
      const before = policy(request);
      for (const name of ['approved', 'grant', 'decision', 'interactive', '__proto__']) {
        const values = JSON.parse(
          `{"text": "to Bob", "${name}": "allow"}`,
        ) as typeof call.arguments;
        const forged = { ...call, callId: 'allow', arguments: values };
        const asked = {
          ...request,
          call: forged,
          origins: { ...request.origins, [name]: 'model' },
        };
        const after = policy(asked as PolicyRequest);
        assert.ok(order[after.decision] <= order[before.decision], `"${name}" opened it`);
      }
    },
    'a grant for another tool, or for other arguments, changes nothing': (request) => {
      const decisionWith = (given: readonly Grant[]): PolicyDecision =>
        policy({ ...request, grants: given });
      const [none = [], another = [], , otherArguments = []] = grants;
      assert.deepEqual(decisionWith(another), decisionWith(none));
      assert.deepEqual(decisionWith(otherArguments), decisionWith(none));
    },
    'a grant for an equally named tool of another plugin changes nothing': (request) => {
      const more = { ...request, grants: [...request.grants, ...elsewhere] };
      assert.deepEqual(policy(more), policy(request));
    },
  };
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => {
      for (const request of requests) check(request);
    },
  }));
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member);
    Object.freeze(value);
  }
  return value;
}
