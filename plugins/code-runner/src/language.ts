// Owns which language a piece of code is in: as named, as marked, or as it looks. Refuses to guess when
// nothing tells.

import type { Language } from './interpreter.ts';

const NAMES: ReadonlyMap<string, Language> = new Map([
  ...['python', 'python3', 'py'].map((name) => [name, 'python'] as const),
  ...['javascript', 'js', 'node', 'node.js', 'nodejs', 'mjs'].map(
    (name) => [name, 'javascript'] as const,
  ),
  ...['shell', 'bash', 'sh', 'zsh', 'terminal', 'console'].map((name) => [name, 'shell'] as const),
]);

const LOOKS: readonly (readonly [RegExp, Language])[] = [
  [/^#!.*\bpython/, 'python'],
  [/^#!.*\bnode/, 'javascript'],
  [/^#!.*\b(?:ba|z|da)?sh\b/, 'shell'],
  [/\bconsole\.log\(|^\s*(?:const|let|var)\s+[\w${[]|=>|\bfunction\s*\w*\(|;\s*$/m, 'javascript'],
  [
    /\bprint\(|^\s*(?:def|import|from|for|while|if|class|with)\s.*(?::|import\s.*|\bas\s\w+|\w)$/m,
    'python',
  ],
  [
    /^\s*(?:echo|ls|cd|cat|grep|find|pwd|mkdir|export|curl|date|whoami|uname|wc|sort|df|du)\b/m,
    'shell',
  ],
  [/^[\w\s.()+\-*/%,[\]'"=<>{}:]+$/, 'python'],
];

/** The language that is named, or the one that code without a name looks like. */
export function readLanguage(name: string | undefined, code: string): Language | undefined {
  if (name !== undefined && name.trim() !== '') return NAMES.get(name.trim().toLowerCase());
  return LOOKS.find(([look]) => look.test(code))?.[1];
}

/**
 * Code without the marks of a Markdown block and without words around it, and the language that is
 * named with it: in the block, or in front as in "python: 2 + 2".
 */
export function stripFence(text: string): { readonly code: string; readonly language?: string } {
  const block = /(`{3,}|~{3,})([\w.+-]*)[^\n]*\n([^]*?)\n?\s*\1/.exec(text);
  if (block !== null) {
    const [, , language = '', code = ''] = block;
    return language === '' ? { code } : { code, language };
  }
  const inline = /^\s*`([^`]+)`\s*$/.exec(text);
  const plain = inline?.[1] ?? text;
  const front = /^\s*([\w.]+)(?: (?:code|script|snippet|command|program))?\s*:\s+(?=\S)/i.exec(
    plain,
  );
  const language = front?.[1];
  if (front === null || language === undefined || !NAMES.has(language.toLowerCase())) {
    return { code: plain };
  }
  return { code: plain.slice(front[0].length), language };
}
