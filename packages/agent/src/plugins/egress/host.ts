// Owns the one reading of host names: what a rule names, what is asked for and what is connected to
// all pass through here. Refuses every spelling that two programs could read differently.

import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { AgentError } from '@opencomputer/contracts';

/** A host in its only spelling: a DNS name in lower case without a final dot, or an address. */
export interface Host {
  /** ASCII; an IPv6 address without brackets, in the form of RFC 5952. */
  readonly name: string;
  readonly isAddress: boolean;
}

/** A host with the port that was written with it, if there was one. */
export interface Authority {
  readonly host: Host;
  readonly port: number | undefined;
}

const NAME_CHARACTERS_MAX = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** What may stand in no host: controls, blanks, and what ends or escapes one in a URL. */
const REFUSED = /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}@\\%/?#<>"^`{|}[\]]/u;
const PORT = /^[1-9]\d{0,4}$/;

/**
 * The host that a text names, by the rules of the WHATWG URL standard (IDNA, every spelling of an
 * IPv4 address). IPv6 stands in brackets. Throws EGRESS_HOST_INVALID.
 */
export function parseHost(text: string): Host {
  const isBracketed = text.startsWith('[') && text.endsWith(']');
  const inner = isBracketed ? text.slice(1, -1) : text;
  if (inner === '') throw invalid('it is empty');
  if (inner.length > 4 * NAME_CHARACTERS_MAX) throw invalid('it is too long');
  if (REFUSED.test(inner)) throw invalid('it has a character that no host has');
  if (inner.includes(':') !== isBracketed) throw invalid('an IPv6 address stands in brackets');
  const read = URL.parse(`http://${text}/`)?.hostname;
  if (read === undefined || read === '') throw invalid('it is not a host');
  if (isBracketed) return { name: read.slice(1, -1), isAddress: true };
  const name = read.endsWith('.') ? read.slice(0, -1) : read;
  if (isIP(name) !== 0) return { name, isAddress: true };
  if (name.length > NAME_CHARACTERS_MAX) throw invalid('it is too long');
  const labels = name.split('.');
  if (!labels.every((label) => LABEL.test(label))) throw invalid('a label is not valid');
  if (!labels.every(isSound)) throw invalid('its punycode is not valid');
  return { name, isAddress: false };
}

/** `host` or `host:port`, port 1 to 65535 without leading zeros. Throws EGRESS_HOST_INVALID. */
export function parseAuthority(text: string): Authority {
  const colon = text.lastIndexOf(':');
  if (colon === -1 || text.endsWith(']')) return { host: parseHost(text), port: undefined };
  const digits = text.slice(colon + 1);
  const port = PORT.test(digits) ? Number(digits) : 0;
  if (port < 1 || port > 65_535) throw invalid('its port is not 1 to 65535');
  return { host: parseHost(text.slice(0, colon)), port };
}

/** The host as it stands in a URL or a Host header. */
export function hostText(host: Host): string {
  return host.name.includes(':') ? `[${host.name}]` : host.name;
}

/** A label in punycode must stand for something, and for nothing that is written otherwise. */
function isSound(label: string): boolean {
  const unicode = domainToUnicode(label);
  return !label.startsWith('xn--') || (unicode !== label && domainToASCII(unicode) === label);
}

function invalid(problem: string): AgentError {
  return new AgentError('EGRESS_HOST_INVALID', { problem });
}
