// Owns the way from a plan that was shown to an installed plugin: the question, the yes, what is still
// missing. Refuses to go on without a person where anything is asked.

import { AgentError } from '@opencomputer/contracts';
import type { AgentService, InstallPlan, LockedPlugin } from '@opencomputer/contracts/internal';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { sanitiseLine } from '../sanitise.ts';
import { agrees, canAsk } from '../yes-question.ts';

/** A plan whose lines the person has seen. */
export interface ShownPlan {
  readonly service: AgentService;
  readonly plan: InstallPlan;
  readonly options: OptionValues;
  /** Such as `Install?`; asked where somebody is there, also when the plan asks for nothing. */
  readonly question?: string;
}

/**
 * Carries a plan out. Undefined when the person said no; throws PLUGIN_CONSENT where something is
 * asked and nobody is there.
 */
export async function carryOut(
  context: CommandContext,
  { service, plan, options, question }: ShownPlan,
): Promise<LockedPlugin | undefined> {
  const { id, plugin, asks } = plan;
  const isAsked = asks.length > 0;
  if (options['yes'] !== true && (isAsked || question !== undefined)) {
    if (canAsk(context)) {
      if (!(await agrees(context, question ?? 'Allow it?'))) {
        context.error.write('Nothing was changed.\n');
        return undefined;
      }
    } else if (isAsked) {
      throw new AgentError('PLUGIN_CONSENT', { plugin, lines: asks.join('; ') });
    }
  }
  const atOnce = options['now'] === true;
  return service.query('plugin-commit', { id, consented: true, atOnce });
}

/** What has become of it, in lines. */
export async function outcomeLines(
  service: AgentService,
  locked: LockedPlugin,
  plan: InstallPlan,
): Promise<readonly string[]> {
  const { name, version, canary } = locked;
  const listed = await service.query('plugin-list', {});
  const secrets = listed.find((each) => each.name === name)?.secrets ?? [];
  const missing = secrets.filter(({ required, isSet }) => required && !isSet);
  const done = plan.replaces === undefined ? `Installed ${name} ${version}.` : `Updated ${name}.`;
  const trial = canary && [
    `${name} ${canary.version} is on trial: it gets ${Math.round(canary.share * 100)} % of the calls,`,
    `and all when it does no worse than ${version}; \`agent plugin promote ${name}\` ends that now.`,
  ];
  const lines = [
    ...(trial ?? [done]),
    ...missing.map(
      (secret) => `It needs a secret: \`agent plugin secret set ${name} ${secret.name}\``,
    ),
  ];
  return lines.map(sanitiseLine);
}
