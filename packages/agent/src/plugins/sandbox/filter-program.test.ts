import assert from 'node:assert/strict';
import { test } from 'node:test';
import { and, assemble, finish, load, OFFSET, unlessOneOf, when } from './filter-program.ts';
import { judge } from './fixtures/filter-interpreter.ts';

const call = (number: number, ...values: bigint[]) => ({
  number,
  architecture: 7,
  arguments: values,
});

test('an instruction is eight bytes, little-endian, as the kernel wants it', () => {
  const bytes = assemble([load(OFFSET.architecture), finish(0x7fff_0000)]);
  assert.equal(bytes.toString('hex'), '2000000004000000' + '060000000000ff7f');
});

test('a comparison runs its part or goes on behind it', () => {
  const program = assemble([
    load(OFFSET.number),
    ...when('jumpIfEqual', 5, [finish(50)]),
    ...when('jumpIfAnyBit', 0x10, [finish(16)]),
    ...when('jumpIfGreaterOrEqual', 0xffff_fff0, [finish(99)]),
    finish(1),
  ]);
  assert.deepEqual(
    [5, 0x10, 0x3f, 0xffff_ffe0, 0xffff_ffff, 6].map((number) => judge(program, call(number))),
    [50, 16, 16, 1, 16, 1],
  );
});

test('a part is skipped for each of several values, and arguments are masked', () => {
  const program = assemble([
    load(OFFSET.argumentLow(1)),
    and(0xf),
    ...unlessOneOf([1, 2, 3], [finish(0)]),
    finish(1),
  ]);
  const answers = [0x11n, 0x22n, 3n, 4n, 0xfn].map((value) => judge(program, call(0, 9n, value)));
  assert.deepEqual(answers, [1, 1, 1, 0, 0]);
});

test('a jump that does not fit its eight bits, and a program that is too long, are refused', () => {
  const part = (length: number) => Array.from({ length }, () => finish(0));
  assert.equal(when('jumpIfEqual', 1, part(255)).length, 256);
  assert.throws(() => when('jumpIfEqual', 1, part(256)), /256 instructions/);
  assert.throws(() => unlessOneOf([1, 2], part(255)), /256 instructions/);
  assert.throws(() => assemble(part(4_097)), /4097 instructions/);
});
