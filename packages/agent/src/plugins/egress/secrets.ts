// Owns which secret may go to which host, and the reading of values for one request. Refuses to
// keep a value, to send one where it was not declared for, and to send one without TLS.

import { AgentError } from '@opencomputer/contracts';
import type { SecretSource } from './placeholder.ts';
import { covers, parseRules } from './rules.ts';
import type { Destination, HostRule } from './rules.ts';
import { checkSecret } from './secret-forms.ts';
import type { OpenSecret } from './secret-forms.ts';

/** A secret that a plugin declared, by name, and the hosts that it is for. */
export interface SecretDeclaration {
  readonly name: string;
  /** As in `permissions.network`, but never `*`; without a port, 443 is meant. */
  readonly hosts: readonly string[];
}

/** Reads a value; `undefined` when the operator has set none. */
export type ReadSecret = (name: string) => Promise<string | undefined>;

/** The secrets of one plugin. */
export class DeclaredSecrets {
  readonly #rules: ReadonlyMap<string, readonly HostRule[]>;
  readonly #read: ReadSecret;

  /** Throws PLUGIN_MANIFEST. */
  constructor(plugin: string, declarations: readonly SecretDeclaration[], read: ReadSecret) {
    this.#read = read;
    this.#rules = new Map(
      declarations.map(({ name, hosts }) => {
        const rules = parseRules(plugin, hosts);
        if (!rules.some(({ reach }) => reach === 'every')) return [name, rules];
        const problem = `the secret ${name} must name its hosts`;
        throw new AgentError('PLUGIN_MANIFEST', { file: plugin, problem });
      }),
    );
  }

  /** True when the plugin declared none, so that no placeholder can mean anything. */
  get isEmpty(): boolean {
    return this.#rules.size === 0;
  }

  /**
   * The values of all secrets that this host may know, on whichever port. Throws
   * EGRESS_SECRET_MISSING when one cannot be read, since then it could not be hidden either.
   */
  async open({ host, port }: Destination): Promise<OpenSecret[]> {
    const opened: OpenSecret[] = [];
    for (const [name, rules] of this.#rules) {
      const isKnown = rules.some((rule) =>
        covers({ ...rule, port: undefined }, { host, port }, [port]),
      );
      const value = isKnown ? await this.#valueOf(name) : undefined;
      if (value === undefined) continue;
      checkSecret({ name, value });
      opened.push({ name, value });
    }
    return opened;
  }

  /** Gives out the opened values to what is sent to this destination. */
  sourceFor(destination: Destination, opened: readonly OpenSecret[]): SecretSource {
    const { host, port, isPlain, isLocal } = destination;
    return (name) => {
      const rules = this.#rules.get(name);
      if (rules === undefined) throw refused(name, 'it is not declared');
      if (!rules.some((rule) => covers(rule, { host, port }, [443])))
        throw refused(name, 'it is not declared for this host and port');
      if (isPlain && !isLocal) throw refused(name, 'the connection has no TLS');
      const value = opened.find((each) => each.name === name)?.value;
      if (value !== undefined) return value;
      throw new AgentError('EGRESS_SECRET_MISSING', { secret: name, problem: 'it is not set' });
    };
  }

  async #valueOf(name: string): Promise<string | undefined> {
    try {
      return await this.#read(name);
    } catch (error) {
      const problem = 'it could not be read';
      throw new AgentError('EGRESS_SECRET_MISSING', { secret: name, problem }, { cause: error });
    }
  }
}

function refused(secret: string, problem: string): AgentError {
  return new AgentError('EGRESS_SECRET', { secret, problem });
}
