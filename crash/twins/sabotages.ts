// Owns the negative twins: for each guard one change of the sources that takes it away, and the one
// assertion that must notice. Refuses flags: the product knows nothing of any of this.

import type { Assertion } from '../story/account.ts';

/** One guard taken away. */
export interface Sabotage {
  /** The guard. */
  readonly name: string;
  /** Below `packages/agent/src`. */
  readonly file: string;
  /** Must stand in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** The one assertion that fails. */
  readonly fails: Assertion;
  /** Which part of the harness finds it. */
  readonly by: 'simulation' | 'store';
}

export const sabotages: readonly Sabotage[] = [
  {
    name: 'commit before acknowledge',
    file: 'driver/driver.ts',
    from: "    const leave = await this.#accept(message);\n    if (leave === 'duplicate') {",
    to:
      "    yield { type: 'turn-start', turn: message.id, conversation: message.conversation };\n" +
      "    const leave = await this.#accept(message);\n    if (leave === 'duplicate') {",
    fails: 'accepted-is-kept',
    by: 'simulation',
  },
  {
    name: 'the key of a call is used again',
    file: 'driver/running-turn.ts',
    from: '      idempotencyKey,\n',
    to: '      idempotencyKey: `${idempotencyKey}/${this.#ports.identifier()}`,\n',
    fails: 'key-once',
    by: 'simulation',
  },
  {
    name: 'dedupe',
    file: 'channels/inbox.ts',
    from: 'const dedupe = dedupeOf(sealing, message);',
    to:
      'const channelMessageId = `${message.channelMessageId}${id}`;' +
      'const dedupe = dedupeOf(sealing, { ...message, channelMessageId });',
    fails: 'message-once',
    by: 'simulation',
  },
  {
    name: 'an unknown outcome is not tried again',
    file: 'driver/resumption.ts',
    from: "  return tool?.effect === 'read' || tool?.idempotent === true;",
    to: '  return tool !== undefined;',
    fails: 'effect-once',
    by: 'simulation',
  },
  {
    name: 'a record before its effect',
    file: 'driver/running-turn.ts',
    from: "const effects = commands.some(({ type }) => type === 'tool-call' || type === 'approval-ask');",
    to: 'const effects = commands.length < 0;',
    fails: 'effect-is-recorded',
    by: 'simulation',
  },
  {
    name: 'the reply in the commit of the end',
    file: 'driver/running-turn.ts',
    from: 'await this.#save(statements);',
    to:
      'await this.#save([...statements.slice(0, -2), ...statements.slice(-1)]);' +
      'await this.#ports.log.database.write(statements.slice(-2, -1));',
    fails: 'one-reply',
    by: 'simulation',
  },
  {
    name: 'lock',
    file: 'store/directory-lock.ts',
    from: 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE',
    to: 'PRAGMA journal_mode = MEMORY; BEGIN',
    fails: 'one-owner',
    by: 'store',
  },
  {
    name: 'fencing',
    file: 'driver/tables.ts',
    from: 'create unique index events_turn',
    to: 'create index events_turn',
    fails: 'fenced',
    by: 'store',
  },
  {
    name: 'seal check',
    file: 'store/person-seal.ts',
    from: '  try {\n    decipher.final();\n    return new Uint8Array(bytes);\n  } catch {\n    return undefined;\n  }',
    to: '  return new Uint8Array(bytes);',
    fails: 'altered-served',
    by: 'store',
  },
];
