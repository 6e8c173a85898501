// Owns the decision whether a plugin may reach a host: its declared rules, the names that never are
// public, and the operator's grants. Refuses what no rule names; a name never opens a local address.

import { AgentError, isAgentError } from '@opencomputer/contracts';
import { addressKind, isGrantable } from './address.ts';
import { hostText, parseAuthority } from './host.ts';
import type { Authority, Host } from './host.ts';

/** One entry of `permissions.network`, read. */
export interface HostRule {
  /** As it was written, for events. */
  readonly text: string;
  /** `http://` stood before it: spoken to without TLS. */
  readonly isPlain: boolean;
  /** `every` is `*`, `below` is `*.name`, `exact` is the name itself. */
  readonly reach: 'every' | 'below' | 'exact';
  readonly name: string;
  readonly port: number | undefined;
}

/** Where a request may go. */
export interface Destination {
  readonly host: Host;
  readonly port: number;
  readonly isPlain: boolean;
  /** A local address that the operator granted; a name never is. */
  readonly isLocal: boolean;
  /** The rule that allowed it. */
  readonly rule: string;
}

/** What is asked for: a tunnel, or an exchange that the proxy itself makes. */
export interface Request extends Authority {
  readonly way: 'tunnel' | 'http' | 'https';
}

const RULES_MAX = 200;
/** Top-level names that are not public (RFC 6761, 6762, 8375, 7686; `internal` by ICANN; habits). */
const LOCAL_NAMES: ReadonlySet<string> = new Set(
  'localhost local localdomain internal intranet private corp home lan arpa onion invalid'.split(
    ' ',
  ),
);

/** Reads the rules of a plugin. Throws PLUGIN_MANIFEST, which names the rule. */
export function parseRules(plugin: string, rules: readonly string[]): HostRule[] {
  if (rules.length > RULES_MAX) throw wrongRule(plugin, `more than ${RULES_MAX} hosts`);
  return rules.map((text) => {
    try {
      return parseRule(text);
    } catch (error) {
      if (!isAgentError(error, 'EGRESS_HOST_INVALID')) throw error;
      throw wrongRule(plugin, `"${text}" is not a host rule: ${error.details['problem'] ?? ''}`);
    }
  });
}

/** Reads `[http://]host[:port]`, where host may begin with `*.` or be `*`. */
function parseRule(text: string): HostRule {
  const isPlain = text.startsWith('http://');
  const rest = isPlain ? text.slice('http://'.length) : text;
  const isBelow = rest.startsWith('*.');
  if (!isBelow && /^\*(?::|$)/.test(rest)) {
    const { port } = parseAuthority(`every${rest.slice(1)}`);
    return { text, isPlain, reach: 'every', name: '', port };
  }
  const { host, port } = parseAuthority(isBelow ? rest.slice(2) : rest);
  if (isBelow && host.isAddress)
    throw new AgentError('EGRESS_HOST_INVALID', { problem: 'an address has no sub-domains' });
  return { text, isPlain, reach: isBelow ? 'below' : 'exact', name: host.name, port };
}

function wrongRule(plugin: string, problem: string): AgentError {
  return new AgentError('PLUGIN_MANIFEST', { file: plugin, problem });
}

/** True when the rule names this host and port; without a port it means `ports`. */
export function covers(rule: HostRule, target: Authority, ports: readonly number[]): boolean {
  const { host, port } = target;
  if (port === undefined || !(rule.port === undefined ? ports : [rule.port]).includes(port))
    return false;
  if (rule.reach === 'every') return true;
  if (rule.reach === 'exact') return host.name === rule.name;
  return !host.isAddress && host.name.endsWith(`.${rule.name}`);
}

/** The rules of one plugin, with what its operator granted. */
export class HostRules {
  readonly #rules: readonly HostRule[];
  readonly #granted: ReadonlySet<string>;

  /** `localHosts` are `address:port`. Throws PLUGIN_MANIFEST. */
  constructor(plugin: string, hosts: readonly string[], localHosts: readonly string[]) {
    this.#rules = parseRules(plugin, hosts);
    this.#granted = new Set(
      parseRules(plugin, localHosts).map(({ name, port }) => key(name, port)),
    );
  }

  /**
   * The destination of a request. `http` without a port, or with port 80, means TLS on port 443;
   * a rule that begins with `http://` is spoken to without TLS, when no other rule has the host.
   * Throws EGRESS_HOST (no rule, a name that is not public) or EGRESS_ADDRESS.
   */
  destination(request: Request): Destination {
    const { host, way } = request;
    const found =
      way === 'tunnel' ? this.#tunnel(request) : (this.#secure(request) ?? this.#plain(request));
    if (found === undefined)
      throw new AgentError('EGRESS_HOST', { host: hostText(host), problem: 'it is not declared' });
    if (!host.isAddress) refuseLocalName(host);
    const isLocal = host.isAddress && this.#isLocal(host, found);
    return { host, port: found.port, isPlain: found.rule.isPlain, isLocal, rule: found.rule.text };
  }

  #tunnel({ host, port }: Request): Found | undefined {
    return this.#find({ host, port }, (rule) => (rule.isPlain ? [80] : [80, 443]));
  }

  #secure({ host, port, way }: Request): Found | undefined {
    const secure = port === undefined || (port === 80 && way === 'http') ? 443 : port;
    return this.#find({ host, port: secure }, (rule) => (rule.isPlain ? undefined : [443]));
  }

  #plain({ host, port = 80, way }: Request): Found | undefined {
    if (way === 'https') return undefined;
    return this.#find({ host, port }, (rule) => (rule.isPlain ? [80] : undefined));
  }

  #find(
    target: Authority,
    portsOf: (rule: HostRule) => readonly number[] | undefined,
  ): Found | undefined {
    const rule = this.#rules.find((each) => {
      const ports = portsOf(each);
      return ports !== undefined && covers(each, target, ports);
    });
    return rule && target.port !== undefined ? { rule, port: target.port } : undefined;
  }

  #isLocal(host: Host, { rule, port }: Found): boolean {
    const kind = addressKind(host.name);
    if (kind === 'public') return false;
    const isNamed = rule.reach === 'exact' && rule.port !== undefined;
    if (isNamed && isGrantable(kind) && this.#granted.has(key(host.name, port))) return true;
    throw new AgentError('EGRESS_ADDRESS', { host: hostText(host), kind });
  }
}

interface Found {
  readonly rule: HostRule;
  readonly port: number;
}

function key(name: string, port: number | undefined): string {
  return `${name} ${port ?? ''}`;
}

function refuseLocalName(host: Host): void {
  const labels = host.name.split('.');
  if (labels.length > 1 && !LOCAL_NAMES.has(labels.at(-1) ?? '')) return;
  throw new AgentError('EGRESS_HOST', { host: host.name, problem: 'it is not a public name' });
}

/** Throws EGRESS_HOST_INVALID unless both texts name the same host and port. */
export function sameAuthority(one: Authority, text: string, portDefault: number): boolean {
  const other = parseAuthority(text);
  return (
    one.host.name === other.host.name && (one.port ?? portDefault) === (other.port ?? portDefault)
  );
}
