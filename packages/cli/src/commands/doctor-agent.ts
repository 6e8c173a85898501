// Owns the checks that only the agent can answer: lock, database, plugins, models. Refuses to let
// one failure hide the others.

import { AgentError } from '@opencomputer/contracts';
import type { AgentService, ModelSummary, PluginSummary } from '@opencomputer/contracts/internal';
import { officialPlugins } from '../agent-connection.ts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { shownError } from '../failure.ts';
import { count, counted, duration } from '../wording.ts';
import { withAgent } from '../with-agent.ts';
import { checkPluginStarts } from './doctor-plugins.ts';
import type { Finding } from './finding.ts';
import { MODEL_MISSING_LINE } from './models.ts';

/** Opens the agent, or connects to the one that runs, and asks it; `wait` hears what is waited for. */
export async function checkAgent(
  context: CommandContext,
  options: OptionValues,
  wait: (label: string) => void = () => undefined,
): Promise<readonly Finding[]> {
  // Unknown keys were told by the check of the configuration.
  const quiet = { ...context, error: { write: () => undefined } };
  try {
    const running = await context.agent.running();
    await running?.stop();
    const how =
      running === undefined
        ? 'no daemon runs; opened here'
        : 'the daemon answers and has opened it';
    return await withAgent(quiet, options, async ({ service }) => {
      const findings = [...(await checkStatus(service, how))];
      wait('reading the database');
      findings.push(await checkDatabase(service));
      wait('starting each plugin');
      findings.push(...(await checkPlugins(service, context)));
      findings.push(...(await checkInstalled(service)));
      wait('asking for the models');
      return [...findings, ...(await checkModels(service))];
    });
  } catch (error) {
    return [failed(error)];
  }
}

async function checkStatus(service: AgentService, how: string): Promise<readonly Finding[]> {
  const { directory, uptimeSeconds, held } = await service.query('status', {});
  const since = uptimeSeconds >= 1 ? `, up for ${duration(uptimeSeconds * 1_000)}` : '';
  const opened: Finding = { state: 'ok', text: `store ${directory}: ${how}${since}` };
  if (held === undefined) return [opened];
  const text = `${counted(held.turns, 'message')} cannot be worked on: ${held.problem}`;
  const remedy = 'repair the cause; it is tried again at least each minute';
  return [opened, { state: 'fail', text, remedy }];
}

async function checkDatabase(service: AgentService): Promise<Finding> {
  const { pages, bytes, problems } = await service.query('integrity', {});
  const read = `database: ${counted(pages, 'page')} (${count(bytes)} bytes) read`;
  if (problems.length === 0) return { state: 'ok', text: `${read}, none is damaged` };
  const remedy = 'stop the agent, then save what is intact with `agent doctor --repair`';
  return { state: 'fail', text: `${read}, damaged: ${problems.join('; ')}`, remedy };
}

async function checkPlugins(
  service: AgentService,
  { environment, clock }: CommandContext,
): Promise<Finding[]> {
  const list = await service.query('plugins', {});
  const broken = list.filter(({ state }) => state === 'refused');
  const working = list.filter(({ state }) => state !== 'refused');
  const tools = list.reduce((sum, plugin) => sum + plugin.tools.length, 0);
  const names = working.filter(({ tier }) => tier === 'official').map(({ plugin }) => plugin);
  const { variables } = environment;
  return [
    working.length > 0
      ? { state: 'ok', text: `${counted(working.length, 'plugin')} with ${counted(tools, 'tool')}` }
      : { state: 'warn', text: 'no plugin can be used', remedy: 'install the agent again' },
    ...broken.map((plugin) => refused(plugin)),
    ...(await checkPluginStarts({ directory: officialPlugins(), names, variables, clock })),
  ];
}

function refused({ plugin, problem }: PluginSummary): Finding {
  const text = `plugin ${plugin}: ${problem ?? 'refused'}`;
  return { state: 'fail', text, remedy: `repair it, or set plugins.${plugin}.enabled to false` };
}

/** What a person installed: the list of it, and its code. */
async function checkInstalled(service: AgentService): Promise<Finding[]> {
  try {
    const found = await service.query('plugin-verify', {});
    const altered = found.filter((each) => each.altered.length > 0);
    const total = counted(found.length, 'installed plugin');
    const whole: Finding = { state: 'ok', text: `${total} with the code that was installed` };
    return [
      ...(found.length > 0 && altered.length === 0 ? [whole] : []),
      ...altered.map(({ plugin }): Finding => {
        const remedy = `look at who changed it, then add it again with \`agent plugin add\``;
        return { state: 'fail', text: `plugin ${plugin}: its code was altered`, remedy };
      }),
    ];
  } catch (error) {
    return [failed(error)];
  }
}

async function checkModels(service: AgentService): Promise<Finding[]> {
  const list = await service.query('models', {});
  if (list.length === 0) return [{ state: 'warn', text: MODEL_MISSING_LINE }];
  return list.map((model) => finding(model));
}

function finding({ model, provider, state, current }: ModelSummary): Finding {
  const text = `model ${model} (${provider})${current ? ', answers' : ''}`;
  if (state === 'ready') return { state: 'ok', text };
  if (state === 'unknown') return { state: 'ok', text: `${text}, not asked yet` };
  const remedy = 'wait, check its key and address, or add a fallback with `agent init`';
  return { state: 'warn', text: `${text}: paused after failures`, remedy };
}

function failed(error: unknown): Finding {
  const { message, remedy, code } = shownError(error);
  const isKnown = error instanceof AgentError;
  return { state: 'fail', text: `${message} [${code}]`, ...(isKnown ? { remedy } : {}) };
}
