// Owns classic BPF: the few instructions that a seccomp filter needs, and their bytes (struct
// sock_filter of linux/filter.h). Refuses jumps that the eight bits of an instruction cannot hold.

/** One instruction; jumps count the instructions that are skipped. */
export interface Instruction {
  readonly code: number;
  readonly ifTrue: number;
  readonly ifFalse: number;
  readonly value: number;
}

/** Operation codes of linux/bpf_common.h, for the instructions below. */
export const OPERATION = {
  loadWord: 0x20,
  jumpIfEqual: 0x15,
  jumpIfGreaterOrEqual: 0x35,
  jumpIfAnyBit: 0x45,
  and: 0x54,
  return: 0x06,
} as const;

/** Offsets into `struct seccomp_data`; an argument has 64 bits, the low half first. */
export const OFFSET = {
  number: 0,
  architecture: 4,
  argumentLow: (index: number): number => 16 + index * 8,
  argumentHigh: (index: number): number => 20 + index * 8,
} as const;

const INSTRUCTION_BYTES = 8;
/** The kernel takes no longer program (BPF_MAXINSNS). */
const INSTRUCTIONS_MAX = 4_096;
const JUMP_MAX = 255;

const plain = (code: number, value: number): Instruction => ({
  code,
  ifTrue: 0,
  ifFalse: 0,
  value: value >>> 0,
});

export const load = (offset: number): Instruction => plain(OPERATION.loadWord, offset);
export const and = (mask: number): Instruction => plain(OPERATION.and, mask);
export const finish = (action: number): Instruction => plain(OPERATION.return, action);

type Comparison = 'jumpIfEqual' | 'jumpIfGreaterOrEqual' | 'jumpIfAnyBit';

/** Runs `then` when the loaded word compares to `value`, and goes on behind it when not. */
export function when(
  comparison: Comparison,
  value: number,
  then: readonly Instruction[],
): readonly Instruction[] {
  if (then.length > JUMP_MAX) throw new Error(`a jump over ${then.length} instructions`);
  const code = OPERATION[comparison];
  return [{ code, ifTrue: 0, ifFalse: then.length, value: value >>> 0 }, ...then];
}

/** Runs `then` unless the loaded word equals one of `values`. */
export function unlessOneOf(
  values: readonly number[],
  then: readonly Instruction[],
): readonly Instruction[] {
  const tests = values.map((value, index): Instruction => {
    const ifTrue = values.length - 1 - index + then.length;
    if (ifTrue > JUMP_MAX) throw new Error(`a jump over ${ifTrue} instructions`);
    return { code: OPERATION.jumpIfEqual, ifTrue, ifFalse: 0, value: value >>> 0 };
  });
  return [...tests, ...then];
}

/** The bytes that seccomp takes: both architectures that we know are little-endian. */
export function assemble(program: readonly Instruction[]): Buffer {
  if (program.length > INSTRUCTIONS_MAX) throw new Error(`${program.length} instructions`);
  const bytes = Buffer.alloc(program.length * INSTRUCTION_BYTES);
  for (const [index, { code, ifTrue, ifFalse, value }] of program.entries()) {
    const at = index * INSTRUCTION_BYTES;
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt8(ifTrue, at + 2);
    bytes.writeUInt8(ifFalse, at + 3);
    bytes.writeUInt32LE(value, at + 4);
  }
  return bytes;
}
