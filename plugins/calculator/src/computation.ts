// Owns computing an expression: which parts it may have and how large it may be. Refuses assignments,
// functions of one's own, text, objects and every function that is not listed.

import type { MathNode } from 'mathjs';
import { loadMathematics } from './mathematics.ts';
import { readPhrase } from './phrase.ts';

/** What came out; `total` for a tip is what is paid in all. */
export type Computed =
  | { readonly value: number; readonly expression: string; readonly total?: number }
  | { readonly refusal: string };

export const EXPRESSION_CHARACTERS_MAX = 500;
const NODES_MAX = 200;
const DEPTH_MAX = 40;

const FUNCTIONS = new Set(
  (
    'sqrt cbrt abs round floor ceil fix sign exp log log2 log10 ln sin cos tan asin acos atan atan2 sinh cosh tanh ' +
    'min max mean median sum mod gcd lcm factorial combinations permutations pow nthRoot hypot add subtract multiply ' +
    'divide unaryMinus unaryPlus'
  ).split(' '),
);
const OPERATORS = new Set([
  ...(['add', 'subtract', 'multiply', 'divide', 'pow', 'mod', 'factorial'] as const),
  'unaryMinus',
  'unaryPlus',
]);
const CONSTANTS = new Set(['pi', 'e', 'tau', 'phi', 'PI', 'E']);

/** Computes what a text means. Never throws for any text. */
export async function computed(text: string): Promise<Computed> {
  if (text.length > EXPRESSION_CHARACTERS_MAX) {
    return { refusal: `A sum has at most ${EXPRESSION_CHARACTERS_MAX} characters.` };
  }
  const { expression, withTotal } = readPhrase(text);
  const value = await evaluate(expression);
  if (typeof value !== 'number') return value;
  const total = withTotal === undefined ? undefined : await evaluate(withTotal);
  return { value, expression, ...(typeof total === 'number' ? { total } : {}) };
}

async function evaluate(expression: string): Promise<number | { readonly refusal: string }> {
  const mathematics = await loadMathematics();
  const unclear = { refusal: `I cannot work out "${expression.slice(0, 100)}".` };
  if (expression === '' || nesting(expression) > DEPTH_MAX) return unclear;
  try {
    const tree = mathematics.parse(expression.replaceAll(/\bln\s*\(/g, 'log('));
    const problem = problemOf(tree);
    if (problem !== undefined) return { refusal: problem };
    const value: unknown = tree.compile().evaluate({});
    if (typeof value !== 'number') return { refusal: 'That has no answer that is a plain number.' };
    if (Number.isNaN(value)) return { refusal: 'That is not defined.' };
    if (!Number.isFinite(value)) {
      const zero = /\/\s*0(?![.\d])/.test(expression);
      return { refusal: zero ? 'Nothing can be divided by zero.' : 'That is too large for me.' };
    }
    return value;
  } catch (error) {
    if (error instanceof Error) return unclear;
    throw error;
  }
}

function nesting(expression: string): number {
  let deepest = 0;
  let depth = 0;
  for (const sign of expression) {
    if (sign === '(' || sign === '[') depth += 1;
    if (sign === ')' || sign === ']') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Why a tree may not be computed, or undefined. */
function problemOf(tree: MathNode): string | undefined {
  let problem: string | undefined;
  let nodes = 0;
  tree.traverse((node, path, parent) => {
    nodes += 1;
    problem ??= nodeProblem(node, path, parent);
  });
  return nodes > NODES_MAX ? 'That sum has too many parts.' : problem;
}

/** A node as far as it is looked at; mathjs has a class for each type. */
interface PlainNode {
  readonly type: string;
  readonly name?: unknown;
  readonly fn?: unknown;
  readonly value?: unknown;
}

function nodeProblem(node: MathNode, path: string, parent: MathNode): string | undefined {
  const { type, name, fn, value } = node as unknown as PlainNode;
  if (type === 'ParenthesisNode') return undefined;
  if (type === 'ConstantNode' && typeof value === 'number') return undefined;
  if (type === 'OperatorNode' && typeof fn === 'string' && OPERATORS.has(fn)) return undefined;
  if (type === 'FunctionNode' && typeof name === 'string') {
    return FUNCTIONS.has(name) ? undefined : `I do not know the function "${name.slice(0, 40)}".`;
  }
  if (type === 'SymbolNode' && typeof name === 'string') {
    const called = path === 'fn' && (parent as unknown as PlainNode).type === 'FunctionNode';
    if (called || CONSTANTS.has(name)) return undefined;
    return `I do not know what "${name.slice(0, 40)}" is in that sum.`;
  }
  return 'I can only work out sums.';
}
