// Owns the definitions of `agent plugin`. Refuses behaviour: what a command does is loaded when it is
// called.

import type { Definition, Part } from '../definition.ts';
import { lifecycleCommands } from './lifecycle-definition.ts';
import { publishCommands } from './publish-definition.ts';

const json: Part = ['--json', 'print JSON'];
const folder: Part = ['[folder]', 'the plugin (default: the folder that you are in)'];

/** The commands for plugins: installing those of others, making one of your own. */
export const pluginCommands: Definition = {
  name: 'plugin',
  description: 'Install plugins, or make your own; alone: list all that there are',
  options: [json],
  subcommands: [
    ...lifecycleCommands,
    {
      name: 'new',
      description: 'Make a plugin in a folder of its name, linted and tested',
      options: [
        ['--name <name>', 'such as calendar: lower-case letters, digits and -'],
        ['--language <name>', 'python (the default), node, go, rust or shell'],
        ['--directory <path>', 'where the folder is made (default: here)'],
      ],
    },
    {
      name: 'lint',
      description: 'Check the manifest, its tools and schemas, without running it',
      operands: [folder],
      options: [json],
    },
    {
      name: 'test',
      description: 'Build it, run the conformance suite and its own tests',
      operands: [folder],
      options: [json],
    },
    {
      name: 'run',
      description: 'Call its tools by hand; starts anew when a file changes',
      operands: [folder],
    },
    ...publishCommands,
  ],
};
