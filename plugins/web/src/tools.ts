// Owns the one tool of this plugin: the readable text of a web page. Refuses what is no text, and pages
// that are not on the public internet.

import type { CallContext, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { tool } from '@opencomputer/plugin';
import type { PluginTool } from '@opencomputer/plugin';
import { decodePage } from './charset.ts';
import { fetchPage, publicNetwork, readAddress } from './page-request.ts';
import type { FetchedPage, Network } from './page-request.ts';
import { readPage } from './readable-page.ts';

export const SHOWN_CHARACTERS_MAX = 12_000;

/** Every tool of the plugin, over the network or over what a test gives. */
export function createTools(network: Network): readonly PluginTool[] {
  return [tool('web_fetch', (input, context) => fetch(input, context, network))];
}

export const tools: readonly PluginTool[] = createTools(publicNetwork);

interface FetchRequest {
  readonly url: string;
  readonly part?: number;
}

async function fetch(
  input: JsonObject,
  context: CallContext,
  network: Network,
): Promise<ToolOutcome> {
  const { url, part = 1 } = input as unknown as FetchRequest;
  const address = readAddress(url);
  if ('refusal' in address) return { status: 'refused', text: address.refusal };
  const page = await fetchPage(address, { signal: context.signal, network });
  if ('refusal' in page) return { status: 'refused', text: page.refusal };
  if (page.status >= 400) {
    const { host } = new URL(page.url);
    return { status: 'refused', text: `${host} answered with ${statusText(page.status)}.` };
  }
  const content = await contentOf(page);
  if ('refusal' in content) return { status: 'refused', text: content.refusal };
  const { title, text } = content;
  const parts = Math.max(1, Math.ceil(text.length / SHOWN_CHARACTERS_MAX));
  if (part < 1 || part > parts) return { status: 'refused', text: `The page has ${parts} parts.` };
  const shown = text.slice((part - 1) * SHOWN_CHARACTERS_MAX, part * SHOWN_CHARACTERS_MAX);
  const more = parts > 1 ? `\n\n(part ${part} of ${parts})` : '';
  const cut = page.cut ? '\n\n(The page is larger than I read.)' : '';
  const data = { url: page.url, title, text: shown, part, parts };
  const body = shown === '' ? 'The page has no text.' : shown;
  return { status: 'done', text: `**${title}**\n${page.url}\n\n${body}${more}${cut}`, data };
}

async function contentOf(
  page: FetchedPage,
): Promise<{ readonly title: string; readonly text: string } | { readonly refusal: string }> {
  const type = (page.contentType.split(';')[0] ?? '').trim().toLowerCase();
  const { host, pathname } = new URL(page.url);
  const name = pathname.split('/').at(-1) || host;
  if (
    type === 'text/html' ||
    type === 'application/xhtml+xml' ||
    (type === '' && looksHtml(page))
  ) {
    return readPage(decodePage(page.body, page.contentType), page.url);
  }
  if (/^(?:application\/(?:[\w.+-]*\+)?json|text\/json)$/.test(type)) {
    return { title: name, text: prettyJson(decodePage(page.body, page.contentType)) };
  }
  if (
    type.startsWith('text/') ||
    /^application\/(?:[\w.+-]*\+)?(?:xml|yaml|javascript)$/.test(type)
  ) {
    return { title: name, text: decodePage(page.body, page.contentType).trim() };
  }
  const what = type === 'application/pdf' ? 'a PDF file' : `no text (${type || 'unknown type'})`;
  return { refusal: `${page.url} is ${what}; I only read web pages and text.` };
}

function looksHtml(page: FetchedPage): boolean {
  return /^\s*(?:<!doctype html|<html|<head|<body)/i.test(
    decodePage(page.body.subarray(0, 512), ''),
  );
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function statusText(status: number): string {
  const known: Readonly<Record<number, string>> = {
    401: '401: it wants a sign-in',
    403: '403: it does not let me in',
    404: '404: there is no such page',
    410: '410: the page is gone',
    429: '429: too many requests',
    503: '503: it is not available now',
  };
  return known[status] ?? String(status);
}
