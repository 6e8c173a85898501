// Owns the translation of placeholders in commands, variables, headers and addresses from a foreign
// form to ours, and the list of rights that they need. Refuses to put a secret anywhere but where
// the program or the egress proxy gets it.

import type { Manifest } from '@opencomputer/contracts';

/** What a foreign placeholder stands for. */
export type Meaning =
  | { readonly type: 'text'; readonly text: string; readonly warning?: string }
  | { readonly type: 'option'; readonly key: string }
  | { readonly type: 'variable'; readonly name: string; readonly otherwise?: string };

/** An option that a person sets, as far as its use decides where its value goes. */
export interface ForeignOption {
  readonly description: string;
  readonly isSensitive: boolean;
  readonly isRequired: boolean;
  /** A file or folder of the person. */
  readonly isPath: boolean;
}

/** How a format writes placeholders. */
export interface PlaceholderRules {
  /** The plugin's name, for variables that its secrets are handed over in. */
  readonly plugin: string;
  readonly options: ReadonlyMap<string, ForeignOption>;
  /** What is between `${` and `}`; undefined when it is not a placeholder and stays as it is. */
  meaningOf(written: string): Meaning | undefined;
}

type SecretRequirement = Manifest['requires']['secrets'][number];

/** Rewrites the texts of one server, and remembers what they need. */
export class StartTexts {
  /** Names of variables that the operator hands over. */
  readonly variables: Set<string> = new Set();
  readonly secrets: Map<string, SecretRequirement> = new Map();
  readonly options: Set<string> = new Set();
  readonly warnings: Set<string> = new Set();
  /** Variables by the secret that each holds: one for each, however often it is used. */
  readonly #handed = new Map<string, string>();
  readonly #rules: PlaceholderRules;

  constructor(rules: PlaceholderRules) {
    this.#rules = rules;
  }

  /** An argument, or the value of the variable `variable`. */
  start(text: string, variable?: string): string {
    return this.#replace(text, (meaning, isWhole) => {
      if (meaning.type === 'variable') return this.#variable(meaning.name, meaning.otherwise);
      if (!this.#isSensitive(meaning.key)) return this.#option(meaning.key);
      const own = `${this.#rules.plugin}_${meaning.key}`.toUpperCase().replace(/\W/g, '_');
      const first = isWhole && variable !== undefined ? variable : own;
      const name = this.#handed.get(meaning.key) ?? first;
      this.#handed.set(meaning.key, name);
      return this.#variable(name);
    });
  }

  /** The value of a header that is sent to `host` only. */
  header(text: string, host: string): string {
    return this.#replace(text, (meaning) => {
      if (meaning.type === 'option' && !this.#isSensitive(meaning.key)) {
        return this.#option(meaning.key);
      }
      const key = meaning.type === 'option' ? meaning.key : meaning.name;
      return this.#secret(key, host);
    });
  }

  /** An address. Undefined when a secret would be part of it. */
  address(text: string): string | undefined {
    let hasSecret = false;
    const address = this.#replace(text, (meaning) => {
      if (meaning.type === 'option') {
        hasSecret ||= this.#isSensitive(meaning.key);
        return this.#option(meaning.key);
      }
      const { name, otherwise } = meaning;
      if (otherwise === undefined) return this.#variable(name);
      this.warnings.add(`its address is the one for when ${name} is not set`);
      return otherwise;
    });
    return hasSecret ? undefined : address;
  }

  /** True when a text still has a placeholder that is filled in at the start. */
  static isOpen(text: string): boolean {
    return /\$\{(?:plugin|configuration|environment)\.|\{\{secret:/.test(text);
  }

  #replace(
    text: string,
    fill: (meaning: Exclude<Meaning, { type: 'text' }>, isWhole: boolean) => string,
  ): string {
    return text.replaceAll(/\$\{([^${}]{1,200})\}/g, (whole, written: string) => {
      const meaning = this.#rules.meaningOf(written);
      if (meaning === undefined) return whole;
      if (meaning.type !== 'text') return fill(meaning, whole === text);
      if (meaning.warning !== undefined) this.warnings.add(meaning.warning);
      return meaning.text;
    });
  }

  #isSensitive(key: string): boolean {
    return this.#rules.options.get(key)?.isSensitive === true;
  }

  #option(key: string): string {
    this.options.add(key);
    return `\${configuration.${key}}`;
  }

  #variable(name: string, otherwise?: string): string {
    this.variables.add(name);
    return otherwise === undefined
      ? `\${environment.${name}}`
      : `\${environment.${name}:-${otherwise}}`;
  }

  #secret(key: string, host: string): string {
    const name = secretName(key);
    const option = this.#rules.options.get(key);
    const description = option?.description ?? `${key}, which is sent to ${host}`;
    const optional = option !== undefined && !option.isRequired;
    this.secrets.set(name, {
      name,
      description: description.slice(0, 200),
      hosts: [host],
      optional,
    });
    return `{{secret:${name}}}`;
  }
}

/** A legal name of a secret. */
export function secretName(key: string): string {
  const plain = key.toLowerCase().replace(/[^a-z\d_-]/g, '_');
  return (/^[a-z]/.test(plain) ? plain : `secret_${plain}`).slice(0, 64);
}

/** A variable as shells write it: `NAME` or `NAME:-otherwise`. */
export function shellVariable(written: string): Meaning | undefined {
  const found = /^([A-Za-z_]\w{0,99})(?::-(.*))?$/s.exec(written);
  if (found === null) return undefined;
  const [, name = '', otherwise] = found;
  return { type: 'variable', name, ...(otherwise === undefined ? {} : { otherwise }) };
}
