// Owns how an operation says who asks: the headers of its security schemes, with the placeholders of
// secrets. Refuses keys in a URL: those are written into logs.

import type { Json, JsonObject } from '@opencomputer/contracts';
import { isList, isObject } from '../json-object.ts';
import { resolved, textOf } from './openapi-document.ts';

const ALTERNATIVES_MAX = 20;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;

/** A header whose value has one secret in it. */
export interface HeaderTemplate {
  readonly name: string;
  /** Before the secret, such as `Bearer `. */
  readonly prefix: string;
  /** The scheme as a name of a secret. */
  readonly secret: string;
}

/** The ways of an operation to say who asks; one that cannot be used is not among them. */
export function readSecurity(
  document: JsonObject,
  operation: JsonObject,
): readonly (readonly HeaderTemplate[])[] {
  const listed = operation['security'] ?? document['security'];
  if (!isList(listed)) return [];
  const components = isObject(document['components']) ? document['components'] : {};
  const schemes = isObject(components['securitySchemes']) ? components['securitySchemes'] : {};
  return listed.slice(0, ALTERNATIVES_MAX).flatMap((alternative) => {
    if (!isObject(alternative)) return [];
    const headers = Object.keys(alternative).map((name) => {
      const scheme = Object.hasOwn(schemes, name) ? schemes[name] : undefined;
      return isObject(scheme) ? templateOf(name, resolved(document, scheme)) : undefined;
    });
    return headers.every((header) => header !== undefined) ? [headers] : [];
  });
}

function templateOf(key: string, scheme: JsonObject): HeaderTemplate | undefined {
  const said = scheme['x-opencomputer-secret'];
  const secret = typeof said === 'string' ? said : secretName(key);
  const { type, name } = scheme;
  if (type === 'apiKey') {
    if (typeof name !== 'string' || !HEADER_NAME.test(name)) return undefined;
    if (scheme['in'] === 'header') return { name, prefix: '', secret };
    return scheme['in'] === 'cookie' ? { name: 'Cookie', prefix: `${name}=`, secret } : undefined;
  }
  const prefix = type === 'http' ? schemePrefix(scheme['scheme']) : 'Bearer ';
  const isKnown = type === 'http' || type === 'oauth2' || type === 'openIdConnect';
  return isKnown && prefix !== undefined ? { name: 'Authorization', prefix, secret } : undefined;
}

/** Of `basic`, the secret is `user:password` in base64 (RFC 7617). */
function schemePrefix(scheme: Json | undefined): string | undefined {
  const known = textOf(scheme).toLowerCase();
  if (known === 'bearer') return 'Bearer ';
  return known === 'basic' ? 'Basic ' : undefined;
}

function secretName(key: string): string {
  const name = key.replaceAll(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase();
  return name.replaceAll(/[^a-z0-9_-]+/g, '-').replace(/^[^a-z]+/, '');
}

/**
 * The headers of the first way for which all secrets are declared. A plugin's only secret belongs to
 * its only scheme, whatever the two are called. No way: no headers.
 */
export function securityHeaders(
  ways: readonly (readonly HeaderTemplate[])[],
  declared: readonly string[],
): readonly (readonly [string, string])[] {
  const only = declared.length === 1 ? declared[0] : undefined;
  for (const way of ways) {
    const secrets = way.map(({ secret }) =>
      declared.includes(secret) || way.length > 1 ? secret : (only ?? secret),
    );
    if (way.length === 0 || !secrets.every((secret) => declared.includes(secret))) continue;
    return way.map(({ name, prefix }, at) => [name, `${prefix}{{secret:${secrets[at] ?? ''}}}`]);
  }
  return [];
}
