// Owns the commands, their arguments, options and help texts: parsing, completion and the reference
// are all made from them. Refuses behaviour: what a command does is loaded when it is called.

import { Command } from 'commander';
import type { Definition, Part } from './definition.ts';
import { pluginCommands } from './plugin/definition.ts';
import { VERSION } from './version.ts';

/** Options of a command as they were typed; absent ones are undefined. */
export type OptionValues = Readonly<Record<string, string | boolean | string[] | undefined>>;

/** What is to be done with a parsed command. */
export type Dispatch = (
  name: string,
  operands: readonly string[],
  options: OptionValues,
) => Promise<void>;

const trust: Part = [
  '--trust <plugin>',
  'let a third party’s plugin run in this run (repeat it for more than one)',
  'repeatable',
];
const json: Part = ['--json', 'print JSON'];
const conversation: Part = ['--conversation <id>', 'continue this conversation'];
const resume: Part = ['--resume [id]', 'continue a conversation; without an id, the last one'];
const modelOnly: Part = ['--model-only', 'ask the model even when no model is needed'];
const debug: Part = ['--debug', 'show where an error comes from'];

const passphraseFile: Part = [
  '--passphrase-file <path>',
  'file whose first line is the passphrase',
];

const backup: Definition = {
  name: 'backup',
  description: 'List the backups',
  options: [['--directory <path>', 'folder of backups (default: the configured one)'], json],
  subcommands: [
    {
      name: 'create',
      description: 'Make an encrypted backup of all data, also while the agent runs',
      operands: [['[file]', 'where to (default: a new file in the configured folder)']],
      options: [passphraseFile, json],
    },
    {
      name: 'list',
      description: 'List the backups, the latest first',
      options: [['--directory <path>', 'folder of backups (default: the configured one)'], json],
    },
    {
      name: 'verify',
      description: 'Read a whole backup and say whether it can be restored',
      operands: [['<file>', 'the backup']],
      options: [passphraseFile, json],
    },
    {
      name: 'restore',
      description: 'Bring a backup back into an empty data directory',
      operands: [['<file>', 'the backup']],
      options: [passphraseFile, ['--replace', 'move the data that are there aside first'], json],
    },
    {
      name: 'schedule',
      description: 'Let the daemon make backups by itself',
      options: [
        ['--every <time>', 'such as 12h or 1d (default: 1d)'],
        ['--keep <count>', 'how many are kept (default: 7)'],
        ['--directory <path>', 'where they go (default: the folder backups of the data)'],
        ['--off', 'make no more'],
        passphraseFile,
      ],
    },
  ],
};

const talking: readonly Definition[] = [
  {
    name: 'chat',
    description: 'Talk in the terminal; the same as no command at all',
    options: [resume, conversation, modelOnly, trust],
  },
  {
    name: 'run',
    description: 'Answer one message and end; text from a pipe is added to it',
    operands: [['[message...]', 'the message']],
    options: [
      ['--json', 'print one JSON result'],
      ['--stream-json', 'print each part as a line of JSON while it happens'],
      modelOnly,
      conversation,
      resume,
      trust,
    ],
  },
  {
    name: 'sessions',
    description: 'List conversations, the latest first',
    options: [['--limit <count>', 'how many (default: 20)'], json],
  },
];

const looking: readonly Definition[] = [
  {
    name: 'pending',
    description: 'List what waits for your decision, such as unknown outcomes',
    options: [json],
    subcommands: [
      {
        name: 'retry',
        description: 'Try one of them again',
        operands: [['<id>', 'as the list shows it']],
      },
      {
        name: 'drop',
        description: 'Leave one of them as it is',
        operands: [['<id>', 'as the list shows it']],
      },
    ],
  },
  {
    name: 'why',
    description: 'Explain what happened in a turn, step by step',
    operands: [['[turn]', 'the turn; absent: the last one']],
    options: [json],
  },
  {
    name: 'context',
    description: 'Show what a message would send to the model, in tokens',
    operands: [['[message]', 'the message (default: hi)']],
    options: [conversation, ['--text', 'print the whole text of each section'], json],
  },
  {
    name: 'models',
    description: 'List the models that can answer',
    options: [json],
    subcommands: [
      {
        name: 'add',
        description: 'Add a model to the configuration, as the last fallback or first',
        operands: [
          [
            '<source>',
            'a GGUF file; or openai, anthropic, google, openai-compatible, package:NAME',
          ],
          ['[model]', 'the provider’s name of the model'],
        ],
        options: [
          ['--url <url>', 'address of the model server'],
          ['--key-variable <name>', 'environment variable that holds the key'],
          ['--first', 'answer with it before the others'],
          ['--yes', 'install the package that it needs without asking'],
        ],
      },
      {
        name: 'remove',
        description: 'Remove a model from the configuration',
        operands: [['<model>', 'its name, or provider/name']],
      },
    ],
  },
  { name: 'plugins', description: 'List the plugins and their tools', options: [json] },
  pluginCommands,
  {
    name: 'doctor',
    description: 'Check the installation and say how to repair it',
    options: [['--repair', 'save what is intact of a damaged database into a new one'], json],
  },
];

const cluster: readonly Part[] = [
  ['--engine <name>', 'what runs turns: embedded (the default), or temporal for a cluster'],
  ['--temporal-address <host:port>', 'Temporal’s server'],
  ['--temporal-namespace <name>', 'its namespace (default: default)'],
  ['--database-url <url>', 'the PostgreSQL database of the cluster'],
  ['--root-key-file <path>', 'the root key of the cluster (default: in the data directory)'],
  ['--role <roles>', 'gateway, worker or gateway,worker (the default)'],
];

const setting: readonly Definition[] = [
  {
    name: 'init',
    description: 'Set up a model, your name and folders; can be run again',
    options: [
      ['--provider <name>', 'openai, anthropic, google or openai-compatible'],
      ['--model <name>', 'name of the model'],
      ['--url <url>', 'address of the model server'],
      ['--key-variable <name>', 'environment variable that holds the key'],
      ['--name <name>', 'what you want to be called'],
      ['--time-zone <zone>', 'such as Europe/Berlin'],
      ['--folder <path...>', 'folder that plugins may read'],
    ],
  },
  {
    name: 'config',
    description: 'Show the configuration and where each value comes from',
    options: [json],
    subcommands: [
      {
        name: 'get',
        description: 'Print one value',
        operands: [['<key>', 'such as budget.steps']],
      },
      {
        name: 'set',
        description: 'Change one value',
        operands: [
          ['<key>', 'such as budget.steps'],
          ['<value>', 'the value, as in YAML'],
        ],
      },
      {
        name: 'unset',
        description: 'Go back to the default of one value',
        operands: [['<key>', 'such as budget.steps']],
      },
      { name: 'path', description: 'Print the path of the file' },
    ],
  },
  {
    name: 'serve',
    description: 'Run the daemon: commands use it, reminders fire, clients connect',
    options: [['--port <number>', 'also answer HTTP on this loopback port'], ...cluster, trust],
  },
  backup,
  {
    name: 'completion',
    description: 'Print the completion script for a shell',
    operands: [['<shell>', 'bash, zsh or fish']],
  },
];

/** In the order of the help. */
export const definitions: readonly Definition[] = [...talking, ...looking, ...setting];

/** Names that `agent <name>` knows. */
export const commandNames: readonly string[] = [...definitions.map(({ name }) => name), 'help'];

const usage = `
  agent                     talk in the terminal
  agent --resume [id]       go on with a conversation, the last one by default
  agent "question"          answer once
  command | agent "what?"   answer once, about what comes from the pipe`;

const exitCodesHelp = `
Exit codes: 0 done, 1 failed, 2 wrong use, 3 not allowed or no terminal to ask,
            4 no model, 5 data directory, 130 interrupted.`;

/** The commands, each calling `dispatch`; parsing throws CommanderError instead of exiting. */
export function createProgram(dispatch: Dispatch): Command {
  const program = new Command('agent')
    .description('OpenComputer, a personal AI agent.')
    .usage(`[command] [options]\n${usage}`)
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', exitCodesHelp)
    .helpCommand('help [command]', 'Show the help of a command')
    .configureHelp({ subcommandTerm: termOf })
    .exitOverride()
    .showSuggestionAfterError(true);
  program.option(debug[0], debug[1]);
  for (const definition of definitions) add(program, definition, dispatch, '');
  return program;
}

/** That a command has options is told by its own help. */
function termOf(command: Command): string {
  const operands = command.registeredArguments.map((each) =>
    each.required ? `<${each.name()}>` : `[${each.name()}]`,
  );
  return [command.name(), ...operands].join(' ');
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

// oxlint-disable-next-line max-params -- a tree is walked with its path
function add(parent: Command, definition: Definition, dispatch: Dispatch, prefix: string): void {
  const name = `${prefix}${definition.name}`;
  const command = parent
    .command(definition.name)
    .description(definition.description)
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(false);
  for (const [flags, text] of definition.operands ?? []) command.argument(flags, text);
  for (const [flags, text, more] of definition.options ?? []) {
    // One value each time: a list would take the message that follows for another value.
    if (more === 'repeatable') command.option(flags, text, collect);
    else command.option(flags, text);
  }
  command.option(debug[0], debug[1]);
  for (const inner of definition.subcommands ?? []) add(command, inner, dispatch, `${name} `);
  command.action(async () => {
    await dispatch(name, command.args, command.optsWithGlobals<OptionValues>());
  });
}
