// Owns which providers want a key, which variable usually holds it, and where it may be sent. Refuses
// to hold a key.

import { AgentError } from '@opencomputer/contracts';
import type { ModelTarget } from './backend.ts';

/** The variables that hold the key of a provider when the setting names none, the usual first. */
export const keyNames: Readonly<Record<string, readonly string[]>> = {
  openai: ['OPENAI_API_KEY'],
  anthropic: ['ANTHROPIC_API_KEY'],
  google: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY'],
};

/** Where the usual key of a provider may be sent. */
const ownOrigins: Readonly<Record<string, string>> = {
  openai: 'https://api.openai.com',
  anthropic: 'https://api.anthropic.com',
  google: 'https://generativelanguage.googleapis.com',
};

/** True for the provider's own address; anybody may listen at another. */
export function isOwn(provider: string, url: string): boolean {
  return URL.canParse(url) && new URL(url).origin === ownOrigins[provider];
}

/** True where nothing is answered without a key: at the provider's own address. */
export function needsKey({ provider, baseUrl }: ModelTarget): boolean {
  return keyNames[provider] !== undefined && (baseUrl === undefined || isOwn(provider, baseUrl));
}

/** MODEL_KEY_MISSING, with the variable in which the key was looked for. */
export function keyMissing(target: ModelTarget, model: string): AgentError {
  const variable = target.keyVariable ?? (needsKey(target) ? keyNames[target.provider]?.[0] : '');
  const problem = variable ? `${variable} is not set` : 'its server wants one, and none is set';
  return new AgentError('MODEL_KEY_MISSING', { model, problem });
}
