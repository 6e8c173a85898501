// Owns the way from the words of a command line to an exit code: parse, load the command, run it,
// tell what failed. Refuses to print a stack trace that was not asked for.

import { AgentError } from '@opencomputer/contracts';
import type { Command, CommanderError } from 'commander';
import { normalise } from './command-line.ts';
import type { CommandContext } from './command-context.ts';
import { commandNames, createProgram } from './definitions.ts';
import type { OptionValues } from './definitions.ts';
import { debugLines, exitCodeOf, exitCodes, failureLine, shownError } from './failure.ts';

/** What a command does; the number is the exit code. */
export type Action = (
  context: CommandContext,
  operands: readonly string[],
  options: OptionValues,
) => Promise<number>;

/** Where each command is; loaded when it is called. */
const actions: Readonly<Record<string, () => Promise<Action>>> = {
  chat: async () => (await import('./commands/chat.ts')).chat,
  run: async () => (await import('./commands/run.ts')).run,
  sessions: async () => (await import('./commands/sessions.ts')).sessions,
  pending: async () => (await import('./commands/pending.ts')).pending,
  'pending retry': async () => (await import('./commands/pending.ts')).pendingRetry,
  'pending drop': async () => (await import('./commands/pending.ts')).pendingDrop,
  why: async () => (await import('./commands/why.ts')).why,
  context: async () => (await import('./commands/context.ts')).context,
  models: async () => (await import('./commands/models.ts')).models,
  'models add': async () => (await import('./commands/models-add.ts')).modelsAdd,
  'models remove': async () => (await import('./commands/models-remove.ts')).modelsRemove,
  plugins: async () => (await import('./commands/plugins.ts')).plugins,
  plugin: async () => (await import('./commands/plugins.ts')).plugins,
  'plugin add': async () => (await import('./plugin/add-command.ts')).pluginAdd,
  'plugin update': async () => (await import('./plugin/update-command.ts')).pluginUpdate,
  'plugin list': async () => (await import('./plugin/list-command.ts')).pluginList,
  'plugin info': async () => (await import('./plugin/list-command.ts')).pluginInfo,
  'plugin verify': async () => (await import('./plugin/list-command.ts')).pluginVerify,
  'plugin remove': async () => (await import('./plugin/change-command.ts')).pluginRemove,
  'plugin enable': async () => (await import('./plugin/change-command.ts')).pluginEnable,
  'plugin disable': async () => (await import('./plugin/change-command.ts')).pluginDisable,
  'plugin pin': async () => (await import('./plugin/change-command.ts')).pluginPin,
  'plugin unpin': async () => (await import('./plugin/change-command.ts')).pluginUnpin,
  'plugin rollback': async () => (await import('./plugin/change-command.ts')).pluginRollback,
  'plugin promote': async () => (await import('./plugin/change-command.ts')).pluginPromote,
  'plugin secret set': async () => (await import('./plugin/secret-command.ts')).secretSet,
  'plugin secret list': async () => (await import('./plugin/secret-command.ts')).secretList,
  'plugin secret delete': async () => (await import('./plugin/secret-command.ts')).secretDelete,
  'plugin secret': async () => (await import('./plugin/secret-command.ts')).secretList,
  'plugin new': async () => (await import('./plugin/new.ts')).pluginNew,
  'plugin lint': async () => (await import('./plugin/lint-command.ts')).pluginLint,
  'plugin test': async () => (await import('./plugin/test-command.ts')).pluginTest,
  'plugin run': async () => (await import('./plugin/run-command.ts')).pluginRun,
  'plugin keygen': async () => (await import('./plugin/key-command.ts')).pluginKeygen,
  'plugin sign': async () => (await import('./plugin/key-command.ts')).pluginSign,
  'plugin pack': async () => (await import('./plugin/pack-command.ts')).pluginPack,
  'plugin publish': async () => (await import('./plugin/publish-command.ts')).pluginPublish,
  'plugin search': async () => (await import('./plugin/search-command.ts')).pluginSearch,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  init: async () => (await import('./commands/init.ts')).init,
  config: async () => (await import('./commands/config.ts')).configShow,
  'config get': async () => (await import('./commands/config.ts')).configGet,
  'config set': async () => (await import('./commands/config.ts')).configSet,
  'config unset': async () => (await import('./commands/config.ts')).configUnset,
  'config path': async () => (await import('./commands/config.ts')).configPath,
  backup: async () => (await import('./commands/backup.ts')).backupList,
  'backup list': async () => (await import('./commands/backup.ts')).backupList,
  'backup create': async () => (await import('./commands/backup.ts')).backupCreate,
  'backup verify': async () => (await import('./commands/backup.ts')).backupVerify,
  'backup restore': async () => (await import('./commands/backup-restore.ts')).backupRestore,
  'backup schedule': async () => (await import('./commands/backup-schedule.ts')).backupSchedule,
  serve: async () => (await import('./commands/serve.ts')).serve,
  completion: async () => (await import('./commands/completion.ts')).completion,
};

/** Runs one command line. Never throws. */
export async function runProgram(
  words: readonly string[],
  context: CommandContext,
): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = createProgram(async (name, operands, options) => {
    const action = await actions[name]?.();
    if (action === undefined) throw new AgentError('COMMAND_UNKNOWN', { command: name });
    exitCode = await action(context, operands, options);
  });
  quieten(program, context);
  try {
    await program.parseAsync(normalise(words, commandNames), { from: 'user' });
    return exitCode;
  } catch (error) {
    return tell(error, { context, isDebugged: words.includes('--debug') });
  }
}

/** Help goes to the output; complaints are told by `tell` instead. */
function quieten(command: Command, context: CommandContext): void {
  const { columns } = context.environment.terminal;
  command.exitOverride().configureOutput({
    writeOut: (text) => context.output.write(text),
    writeErr: () => undefined,
    getOutHelpWidth: () => Math.min(columns, 100),
    getOutHasColors: () => false,
  });
  for (const inner of command.commands) quieten(inner, context);
}

function tell(
  error: unknown,
  { context, isDebugged }: { readonly context: CommandContext; readonly isDebugged: boolean },
): number {
  if (isCommanderError(error)) {
    if (error.exitCode === 0) return exitCodes.ok;
    context.error.write(`${failureLine(shownError(asUsage(error)))}\n`);
    return exitCodes.usage;
  }
  const shown = shownError(error);
  context.error.write(`${failureLine(shown)}\n`);
  if (isDebugged) context.error.write(`${debugLines(error)}\n`);
  return exitCodeOf(shown.code);
}

function isCommanderError(error: unknown): error is CommanderError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('commander.')
  );
}

/** "error: unknown option '--jsn'\n(Did you mean --json?)" in the words of the error table. */
function asUsage(error: CommanderError): AgentError {
  const [first = '', second = ''] = error.message.replace(/^error: /, '').split('\n');
  const hint = /Did you mean (.+?)\?/.exec(second)?.[1];
  const quoted = /'([^']+)'/.exec(first)?.[1] ?? '';
  if (error.code === 'commander.unknownCommand') {
    const remedy = hint === undefined ? 'Run it with --help.' : `Did you mean \`${hint}\`?`;
    return new AgentError('COMMAND_UNKNOWN', { command: quoted, remedy });
  }
  const what = first.replace(/ '[^']*'/, '');
  const problem = hint === undefined ? what : `${what}, did you mean ${hint}`;
  return new AgentError('OPTION_INVALID', { option: quoted || 'list', problem });
}
