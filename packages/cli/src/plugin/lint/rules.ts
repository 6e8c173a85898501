// Owns the one table of the linter's rules: what, why, and how to repair it. Refuses rules that are
// made elsewhere: a finding names one of these.

/** One row. An error fails the lint; a warning is shown. */
export interface Rule {
  readonly level: 'error' | 'warning';
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

const error = (what: string, why: string, fix: string): Rule => ({
  level: 'error',
  what,
  why,
  fix,
});
const warning = (what: string, why: string, fix: string): Rule => ({
  level: 'warning',
  what,
  why,
  fix,
});

/** Permanent: one may be retired, never reused. */
export type RuleId =
  | 'manifest-valid'
  | 'manifest-key'
  | 'framework-version'
  | 'about-licence'
  | 'about-readme'
  | 'entry-exists'
  | 'entry-executable'
  | 'tool-name'
  | 'tool-unique'
  | 'tool-description'
  | 'tool-description-twice'
  | 'tool-sinks'
  | 'tool-sink-known'
  | 'tool-network'
  | 'schema-object'
  | 'schema-type'
  | 'schema-required'
  | 'schema-bounded'
  | 'intent-slots'
  | 'intent-examples'
  | 'permission-wide';

/** Every rule. */
export const rules: Readonly<Record<RuleId, Rule>> = {
  'manifest-valid': error(
    'The manifest is what its schema says.',
    'A plugin with a wrong manifest is not run.',
    'Correct the line; docs/reference/manifest.schema.json has every key.',
  ),
  'manifest-key': warning(
    'Every key of the manifest is known.',
    'An unknown key has no effect, and is often a known one misspelt.',
    'Correct its name, or remove it.',
  ),
  'framework-version': error(
    'framework_version takes this version.',
    'A plugin for another version is not run.',
    'Write a range such as ^0.1.0.',
  ),
  'about-licence': warning(
    'The licence is named.',
    'Nobody may share a plugin whose licence they do not know.',
    'Write licence: with an SPDX expression.',
  ),
  'about-readme': warning(
    'There is a README.md.',
    'People read it before they add a plugin.',
    'Write what the plugin does and what it asks for.',
  ),
  'entry-exists': error(
    'The program of the manifest is there.',
    'A plugin without its program cannot start.',
    'Correct entry or command, or build the program.',
  ),
  'entry-executable': error(
    'The program may be executed.',
    'The system refuses to start a file without that permission.',
    'Run chmod +x on it.',
  ),
  'tool-name': warning(
    'A tool begins with the name of its plugin.',
    'A name that another plugin has too is not offered.',
    'Call it <plugin>_<verb>.',
  ),
  'tool-unique': error(
    'No two tools have the same name.',
    'Which one is meant could not be told.',
    'Rename one of them.',
  ),
  'tool-description': error(
    'A description is a sentence of 10 to 200 characters.',
    'A model finds and chooses a tool by it, and it is paid for with every request.',
    'Say in one sentence what the tool does, with the words that people use.',
  ),
  'tool-description-twice': error(
    'No two tools have the same description.',
    'A model cannot choose between them.',
    'Say what is different.',
  ),
  'tool-sinks': error(
    'A tool that sends or cannot be undone names its sinks.',
    'Policy shows a person where data goes; what is not named is not shown.',
    'List the arguments with recipient, address, path or amount under sinks.',
  ),
  'tool-sink-known': error(
    'A sink is an argument.',
    'A name that is no argument protects nothing.',
    'Correct the name, or add the argument.',
  ),
  'tool-network': error(
    'A tool that reaches its own data only does not need the network.',
    'reach: own says that nothing leaves the plugin; a host in permissions.network says otherwise.',
    'Write reach: outside, or remove the hosts.',
  ),
  'schema-object': error(
    'The arguments are an object.',
    'Models and hosts give arguments by name.',
    'Write type: object with properties.',
  ),
  'schema-type': error(
    'Every argument has a type.',
    'Without one a model guesses, and the host checks nothing.',
    'Add type, enum, const, $ref or one of anyOf and oneOf.',
  ),
  'schema-required': error(
    'What is required is an argument.',
    'No call could be right.',
    'Correct the name, or add it to properties.',
  ),
  'schema-bounded': warning(
    'A text has a limit.',
    'An argument without one can be as long as a model makes it.',
    'Add maxLength, enum, const, format or pattern.',
  ),
  'intent-slots': error(
    'Slots in examples are declared, and the arguments they become exist.',
    'An intent whose slot leads nowhere calls its tool wrongly.',
    'Declare the slot, or name the argument with argument.',
  ),
  'intent-examples': warning(
    'An intent has ten different examples or more.',
    'With fewer, people are not understood without a model.',
    'Add how people really say it: politely, tersely, misspelt.',
  ),
  'permission-wide': warning(
    'No permission is wider than it must be.',
    'People are shown every permission before the plugin runs, and refuse wide ones.',
    'Name the hosts or folders that are needed.',
  ),
};
