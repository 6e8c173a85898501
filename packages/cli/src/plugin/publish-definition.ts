// Owns the definitions of the commands that bring a plugin to others. Refuses behaviour: what a command
// does is loaded when it is called.

import type { Definition, Part } from '../definition.ts';

const json: Part = ['--json', 'print JSON'];
const folder: Part = ['[folder]', 'the plugin (default: the folder that you are in)'];
const key: Part = ['--key <file>', 'sign with this key, made by `agent plugin keygen`'];
const passphraseFile: Part = [
  '--passphrase-file <path>',
  'file whose first line is the passphrase of the key',
];

/** Keys, packing, publishing, and finding what others have published. */
export const publishCommands: readonly Definition[] = [
  {
    name: 'keygen',
    description: 'Make a key that you sign your plugins with',
    operands: [['<file>', 'where the private key is written, for you alone']],
    options: [passphraseFile, json],
  },
  {
    name: 'sign',
    description: 'Sign a plugin, or the root or index of a registry',
    operands: [['[path]', 'the plugin’s folder, or the JSON file of a root or an index']],
    options: [
      ['--key <file>', 'the key; more than one for a file that needs it', 'repeatable'],
      ['--output <file>', 'where the signature, or the signed file, is written'],
      passphraseFile,
    ],
  },
  {
    name: 'pack',
    description: 'Make one .tar.gz of a plugin, the same bytes each time',
    operands: [folder],
    options: [['--output <file>', 'where to (default: <name>-<version>.tar.gz)'], json],
  },
  {
    name: 'publish',
    description: 'Lint, pack, sign and send a plugin to an OCI registry',
    operands: [folder],
    options: [
      ['--registry <host/prefix>', 'such as registry.example.org/plugins'],
      key,
      ['--signature <file>', 'a signature that was made by `agent plugin sign`'],
      passphraseFile,
      ['--insecure-http', 'speak to this registry without TLS (this machine: always)'],
      json,
    ],
  },
  {
    name: 'search',
    description: 'Search the registries of your configuration',
    operands: [['<words...>', 'all of them are in the name or the description']],
    options: [json],
  },
];
