// Owns the decision about one call: a pure function with its first rules. Refuses to look outside
// the request, and to trust anything that a model said about the call.

import { isDeepStrictEqual } from 'node:util';
import type { Grant, Policy, PolicyDecision, PolicyRequest } from '@opencomputer/contracts';

/**
 * The first rules, tried in order. What no rule allows is asked, and denied where nobody can answer.
 *
 * | Rule | Decision |
 * |---|---|
 * | `granted-exact` | the person typed exactly this call, for this plugin |
 * | `granted-tool` | the person granted this tool of this plugin beforehand |
 * | `own-read` | official or contained code reads its own data, or the folders granted to it |
 * | `own-write` | the same code writes the person's own data, free text in the person's own words |
 * | `ask` / `unattended` | everything else |
 */
export const decide: Policy = (request) => {
  const { effect, reach, tier } = request;
  const granted = request.grants.filter((grant) => isFor(grant, request));
  if (granted.some(({ type }) => type === 'exact')) {
    return allow('granted-exact', 'You asked for exactly this.');
  }
  if (granted.length > 0)
    return allow('granted-tool', 'You allowed this tool in the configuration.');
  if (tier !== 'third-party' && effect === 'read' && reach !== 'outside') {
    return allow('own-read', 'It reads only its own data or a folder you granted.');
  }
  const foreign = Object.entries(request.origins).filter(([, origin]) => origin !== 'user');
  if (tier !== 'third-party' && effect === 'write' && reach === 'own' && foreign.length === 0) {
    return allow('own-write', 'It writes your own data in your own words.');
  }
  return askOrDeny(request, foreign);
};

/** True for a grant of this very tool of this plugin and, when it is an exact one, of this call. */
function isFor(grant: Grant, { plugin, call }: PolicyRequest): boolean {
  if (grant.plugin !== plugin) return false;
  if (grant.type === 'tool') return grant.tool === call.tool;
  return grant.call.tool === call.tool && isDeepStrictEqual(grant.call.arguments, call.arguments);
}

function allow(rule: string, reason: string): PolicyDecision {
  return { decision: 'allow', rule, reason };
}

function askOrDeny(
  request: PolicyRequest,
  foreign: readonly (readonly [string, string])[],
): PolicyDecision {
  const { effect, reach, tier } = request;
  const where = reach === 'outside' ? 'reaches outside' : 'is not covered by a rule';
  const who = tier === 'third-party' ? ` of a third party (${request.plugin})` : '';
  const values =
    foreign.length > 0 && effect !== 'read'
      ? ` Not in your words: ${foreign.map(([name, origin]) => `${name} (${origin})`).join(', ')}.`
      : '';
  const article = effect === 'irreversible' ? 'An' : 'A';
  const reason = `${article} ${effect} call${who} ${where}.${values}`;
  if (request.interactive) return { decision: 'ask', rule: 'ask', reason };
  return { decision: 'deny', rule: 'unattended', reason: `${reason} Nobody is here to be asked.` };
}
