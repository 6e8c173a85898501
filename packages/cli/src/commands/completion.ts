// Owns the completion scripts: commands, their subcommands and options, made from the definitions.
// Refuses to run the program at every press of Tab: the script holds all it needs.

import { AgentError } from '@opencomputer/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { createProgram } from '../definitions.ts';

/** One command and the words that can follow it. */
interface Words {
  readonly name: string;
  readonly description: string;
  readonly words: readonly string[];
}

/** The names by which the program is installed. */
const NAMES = ['agent', 'agent-cli', 'ki'];

/** Prints the script of one shell. */
export async function completion(
  context: CommandContext,
  [shell = '']: readonly string[],
): Promise<number> {
  const write = scripts[shell];
  if (write === undefined) {
    const problem = `"${shell}" is not one of bash, zsh, fish`;
    throw new AgentError('OPTION_INVALID', { option: 'shell', problem });
  }
  context.output.write(write(describe(createProgram(async () => undefined))));
  return 0;
}

function describe(program: Command): Words[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    words: [
      ...command.commands.map((inner) => inner.name()),
      ...command.options.flatMap(({ long }) => (long ? [long] : [])),
      '--help',
    ],
  }));
}

const scripts: Readonly<Record<string, (commands: readonly Words[]) => string>> = {
  bash: (commands) => `# bash completion for agent; load it with: source <(agent completion bash)
_agent() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${names(commands).join(' ')} --resume --help --version"
  else
    case "\${COMP_WORDS[1]}" in
${commands.map(({ name, words }) => `      ${name}) words="${words.join(' ')}" ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _agent ${NAMES.join(' ')}
`,
  zsh: (commands) => `#compdef ${NAMES.join(' ')}
# zsh completion for agent; load it with: source <(agent completion zsh)
_agent() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    '${name}:${quoted(description)}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
  else
    case "\${words[2]}" in
${commands.map(({ name, words }) => `      ${name}) compadd -- ${words.join(' ')} ;;`).join('\n')}
    esac
    _files
  fi
}
compdef _agent ${NAMES.join(' ')}
`,
  fish: (commands) => `# fish completion for agent; load it with: agent completion fish | source
${NAMES.flatMap((program) =>
  commands.flatMap(({ name, description, words }) => [
    `complete -c ${program} -n __fish_use_subcommand -a ${name} -d '${quoted(description)}'`,
    ...words.map((word) => {
      const kind = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
      return `complete -c ${program} -n '__fish_seen_subcommand_from ${name}' ${kind}`;
    }),
  ]),
).join('\n')}
`,
};

function names(commands: readonly Words[]): string[] {
  return commands.map(({ name }) => name);
}

/** Within single quotes, and without the colon that separates in zsh. */
function quoted(text: string): string {
  return text.replaceAll("'", '’').replaceAll(':', ';');
}
