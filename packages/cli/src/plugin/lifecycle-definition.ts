// Owns the definitions of the commands for installed plugins. Refuses behaviour: what a command does is
// loaded when it is called.

import type { Definition, Part } from '../definition.ts';

const json: Part = ['--json', 'print JSON'];
const plugin: Part = ['<plugin>', 'its name'];
const yes: Part = ['--yes', 'allow what it asks for without a question'];
const now: Part = ['--now', 'use a new version for all calls at once, without a trial'];

/** From the first look at a plugin to its end. */
export const lifecycleCommands: readonly Definition[] = [
  {
    name: 'add',
    description: 'Install a plugin, after showing what it may do',
    operands: [
      [
        '<reference>',
        './folder, a file, github:owner/name, npm:name, pypi:name, oci:host/name:tag, https://…; ' +
          'name=reference takes one of several',
      ],
    ],
    options: [yes, now, json],
  },
  {
    name: 'list',
    description: 'List the plugins that were installed',
    options: [json],
  },
  {
    name: 'info',
    description: 'Show where a plugin came from, what it may do and its versions',
    operands: [plugin],
    options: [json],
  },
  {
    name: 'update',
    description: 'Get the newest version from where a plugin came from',
    operands: [['[plugin]', 'its name']],
    options: [['--all', 'every plugin that is not pinned'], yes, now],
  },
  {
    name: 'remove',
    description: 'Remove a plugin and its secrets; its data stay',
    operands: [plugin],
  },
  { name: 'enable', description: 'Run a plugin again', operands: [plugin] },
  {
    name: 'disable',
    description: 'Run nothing of a plugin until it is enabled',
    operands: [plugin],
  },
  { name: 'pin', description: 'Keep a plugin at its version', operands: [plugin] },
  { name: 'unpin', description: 'Let a plugin be updated again', operands: [plugin] },
  {
    name: 'rollback',
    description: 'Go back to the version before, or end the trial of a new one',
    operands: [plugin],
  },
  {
    name: 'promote',
    description: 'End the trial of a new version and use it for all calls',
    operands: [plugin],
  },
  {
    name: 'verify',
    description: 'Check that the code of all plugins is what was installed',
    options: [json],
  },
  {
    name: 'secret',
    description: 'List the secrets of plugins, without their values',
    options: [json],
    subcommands: [
      {
        name: 'set',
        description: 'Keep a secret for a plugin; asked for, or read from standard input',
        operands: [plugin, ['<name>', 'of the secret']],
      },
      { name: 'list', description: 'List the secrets of plugins', options: [json] },
      {
        name: 'delete',
        description: 'Forget a secret',
        operands: [plugin, ['<name>', 'of the secret']],
      },
    ],
  },
];
