// Owns the rules of style that neither the compiler nor the linter knows. Refuses exceptions: a
// rule that needs a list of them is the wrong rule.

import { parseSync, type Declaration, type ModuleItem } from '@swc/core';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Path from the root, with forward slashes, to content. */
export type Tree = ReadonlyMap<string, string>;

const FILE_LINES_MAX = 400;
const README_LINES_MAX = 40;
const REQUIRED_MEMBERS_MAX = 7;

/** Words that hide what a thing is, anywhere in a name, and what to write instead. */
const BANNED_WORDS: ReadonlyMap<string, string> = new Map([
  ['msg', 'message'],
  ['cfg', 'configuration'],
  ['opts', 'options'],
  ['util', 'the name of what it does'],
  ['utils', 'the name of what it does'],
  ['helper', 'the name of what it does'],
  ['helpers', 'the name of what it does'],
  ['ctx', 'context'],
]);

/** Words that are only wrong as a whole name: parts of names come from interfaces of others. */
const BANNED_NAMES: ReadonlyMap<string, string> = new Map([
  ['req', 'request'],
  ['res', 'response'],
  ['resp', 'response'],
  ['cb', 'callback'],
  ['err', 'error'],
  ['idx', 'index'],
  ['arr', 'the plural of what it holds'],
  ['obj', 'the name of what it is'],
]);

const IMPURE =
  /\b(Date\.now|Math\.random|performance\.now|setTimeout|setInterval|fetch)\b|\bnew Date\(\)|\bprocess\./;
const ENVIRONMENT =
  /\bprocess\s*(\.\s*env\b|\[\s*'env'\s*\])|import\s*\{[^}]*\benv\b[^}]*\}\s*from\s*'node:process'/;
const ENVIRONMENT_READERS = [
  'packages/cli/src/environment.ts',
  'packages/testkit/src/requirement.ts',
];

const isTest = (path: string): boolean => path.endsWith('.test.ts');
const isSource = (path: string): boolean =>
  /\.(ts|tsx)$/.test(path) && !isTest(path) && !path.endsWith('.d.ts');
const isProduct = (path: string): boolean => /^(packages|plugins)\/[^/]+\/src\//.test(path);

type Rule = (tree: Tree, path: string, text: string) => string[];

/** Every problem in the tree, as "path: problem". */
export function tidyProblems(tree: Tree): string[] {
  const problems = folderProblems(tree);
  for (const [path, text] of tree) {
    for (const rule of RULES)
      problems.push(...rule(tree, path, text).map((each) => `${path}: ${each}`));
  }
  return problems.toSorted();
}

const RULES: readonly Rule[] = [
  function fileLength(_tree, path, text) {
    const lines = text.split('\n').length - 1;
    const isLong = /\.(ts|tsx|cjs)$/.test(path) && lines > FILE_LINES_MAX;
    return isLong ? [`${lines} lines; at most ${FILE_LINES_MAX}: split it by the data owned`] : [];
  },

  function readmeLength(_tree, path, text) {
    const lines = text.split('\n').length - 1;
    const isLong = /^(packages|plugins)\/.*README\.md$/.test(path) && lines > README_LINES_MAX;
    return isLong ? [`${lines} lines; at most ${README_LINES_MAX}`] : [];
  },

  function testBeside(tree, path, text) {
    if (!isSource(path) || basename(path) === 'index.ts') return [];
    if (path.includes('/fixtures/') || hasNoCode(text)) return [];
    return tree.has(path.replace(/\.tsx?$/, '.test.ts')) ? [] : ['has no test beside it'];
  },

  function opensWithComment(_tree, path, text) {
    if (!isSource(path) || !isProduct(path) || basename(path) === 'index.ts') return [];
    return /^\/[/*]/.test(text) ? [] : ['must open with what it owns and what it refuses'];
  },

  function indexReExports(_tree, path, text) {
    if (basename(path) !== 'index.ts' || !isProduct(path)) return [];
    const rest = withoutComments(text).replaceAll(/export (type )?\{[^}]*\} from '[^']+';/g, '');
    return rest.trim() === '' ? [] : ['may only re-export, by name'];
  },

  function wholeWords(_tree, path, text) {
    if (!/\.(ts|tsx)$/.test(path)) return [];
    const names = withoutText(text).matchAll(/(?<![.\w$'])[A-Za-z_$][\w$]*/g);
    const all = new Set([basename(path).split('.')[0] ?? '', ...[...names].map(([name]) => name)]);
    return [...all].flatMap((name) => {
      const whole = BANNED_NAMES.get(name);
      const parts = wordsOf(name).filter((word) => BANNED_WORDS.has(word));
      return [
        ...(whole === undefined ? [] : [`"${name}": write ${whole}`]),
        ...parts.map((word) => `"${name}": instead of "${word}" write ${BANNED_WORDS.get(word)}`),
      ];
    });
  },

  function environmentInOneFile(_tree, path, text) {
    if (!isProduct(path) || isTest(path) || path.includes('/fixtures/')) return [];
    if (ENVIRONMENT_READERS.includes(path)) return [];
    const isRead = ENVIRONMENT.test(withoutComments(text));
    return isRead ? [`reads the environment; only ${ENVIRONMENT_READERS[0]} may`] : [];
  },

  function pureCore(_tree, path, text) {
    if (!path.startsWith('packages/agent/src/core/') || isTest(path)) return [];
    const found = IMPURE.exec(withoutText(text));
    return found ? [`uses ${found[0]}; the core has no clock, randomness or I/O`] : [];
  },

  function testsRunAndDoNotSleep(_tree, path, text) {
    if (!isTest(path)) return [];
    const code = withoutText(text);
    const isSwitchedOff =
      /\b(test|it|suite|describe|t)\.(skip|only|todo)\(|\b(skip|only|todo): /.test(code);
    return [
      ...(isSwitchedOff ? ['a test may not be switched off; ask requirement() for a tool'] : []),
      ...(/'node:timers\/promises'/.test(text)
        ? ['a test waits for an event, never for time']
        : []),
    ];
  },

  function fewRequiredMembers(_tree, path, text) {
    if (!path.startsWith('packages/contracts/src/') || isTest(path)) return [];
    return requiredMembers(text)
      .filter(({ count }) => count > REQUIRED_MEMBERS_MAX)
      .map(
        ({ name, count }) =>
          `${name} has ${count} required members; at most ${REQUIRED_MEMBERS_MAX}`,
      );
  },
];

/** The shape that every component of the server and every plugin shares. */
function folderProblems(tree: Tree): string[] {
  const components = new Set<string>();
  const plugins = new Set<string>();
  for (const path of tree.keys()) {
    const component = /^packages\/agent\/src\/[^/]+(?=\/)/.exec(path);
    const plugin = /^plugins\/[^/]+(?=\/src\/)/.exec(path);
    if (component) components.add(component[0]);
    if (plugin) plugins.add(plugin[0]);
  }
  const wanted = [
    ...[...components].flatMap((folder) => [`${folder}/README.md`, `${folder}/index.ts`]),
    ...[...plugins].flatMap((folder) => [`${folder}/README.md`, `${folder}/manifest.yaml`]),
  ];
  return wanted.filter((path) => !tree.has(path)).map((path) => `${path}: is missing`);
}

/** True for a module of types alone, which nothing can test. */
function hasNoCode(text: string): boolean {
  const types = ['TsInterfaceDeclaration', 'TsTypeAliasDeclaration', 'ImportDeclaration'];
  return statementsOf(text).every(
    (item) =>
      types.includes(item.type) || (item.type === 'ExportNamedDeclaration' && item.typeOnly),
  );
}

/** Top-level statements; an exported declaration stands as the declaration. */
function statementsOf(text: string): (ModuleItem | Declaration)[] {
  try {
    const { body } = parseSync(text, { syntax: 'typescript' });
    return body.map((item) => (item.type === 'ExportDeclaration' ? item.declaration : item));
  } catch {
    // What does not parse is the compiler's to report.
    return [];
  }
}

/** One pass finds whichever begins first, so that `//` in a string is no comment. */
const COMMENT = String.raw`\/\*[\s\S]*?\*\/|\/\/.*`;
const LITERAL = [
  String.raw`'(?:[^'\\\n]|\\.)*'`,
  String.raw`"(?:[^"\\\n]|\\.)*"`,
  '`(?:[^`\\\\]|\\\\[\\s\\S])*`',
  String.raw`(?<=[=(,:;!&|?[{}\s])\/(?![*/\s])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*`,
].join('|');
const TOKENS = new RegExp(`(${COMMENT})|${LITERAL}`, 'g');

function withoutComments(text: string): string {
  return text.replaceAll(TOKENS, (found, comment?: string) => (comment === undefined ? found : ''));
}

/** Names without comments, strings and patterns; what stands in `${}` of a template is lost too. */
function withoutText(text: string): string {
  return text.replaceAll(TOKENS, (_found, comment?: string) => (comment === undefined ? "''" : ''));
}

/** `httpResponseMsg` → http, response, msg. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[\s_$-]+/)
    .map((word) => word.toLowerCase());
}

/** Interfaces that a stranger implements (any with a method), and how much each asks for. */
function requiredMembers(text: string): { name: string; count: number }[] {
  return statementsOf(text).flatMap((item) => {
    if (item.type !== 'TsInterfaceDeclaration') return [];
    const members = item.body.body;
    if (!members.some((member) => member.type === 'TsMethodSignature')) return [];
    const required = members.filter((member) => !('optional' in member && member.optional));
    return [{ name: item.id.value, count: required.length }];
  });
}

/** What is checked: every source, test, README and manifest outside generated folders. */
export function readTree(root: string): Tree {
  const paths = globSync(
    '{packages,plugins,scripts,bench,crash,escape}/**/*.{ts,tsx,cjs,md,yaml}',
    {
      cwd: root,
      exclude: (path) => /(^|\/)(node_modules|dist|dist-types)$|^scripts\/fixtures$/.test(path),
    },
  );
  return new Map(
    paths.map((path) => [
      join(dirname(path), basename(path)).replaceAll('\\', '/'),
      readFileSync(join(root, path), 'utf8'),
    ]),
  );
}

if (import.meta.main) {
  const tree = readTree(join(import.meta.dirname, '..'));
  const problems = tidyProblems(tree);
  for (const problem of problems) console.log(problem);
  console.log(`${tree.size} files`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
