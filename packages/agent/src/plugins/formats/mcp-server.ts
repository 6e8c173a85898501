// Owns the conversion of one MCP server of a foreign plugin to the part of a manifest that starts or
// reaches it. Refuses transports that are not spoken, and hosts that are known only at the start.

import type { SourceReference } from '@opencomputer/contracts/internal';
import type { ManifestInput } from './imported-plugin.ts';
import { foreignProgram } from './program.ts';
import { pathWithin } from './plugin-folder.ts';
import type { PluginFolder } from './plugin-folder.ts';
import { StartTexts } from './start-texts.ts';
import type { PlaceholderRules } from './start-texts.ts';

/** A server, its texts as they were written. */
export interface ForeignServer {
  readonly name: string;
  /** Where it is written, such as `.mcp.json: github`. */
  readonly part: string;
  readonly command?: string | undefined;
  readonly parameters?: readonly string[] | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly directory?: string | undefined;
  readonly url?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The part of a manifest that says how a plugin runs. */
export type ServerFragment = Pick<
  ManifestInput,
  'runtime' | 'command' | 'environment' | 'directory' | 'url' | 'headers' | 'requires'
> & { readonly permissions: NonNullable<ManifestInput['permissions']> };

/** What a server becomes. */
export type ConvertedServer =
  | {
      readonly server: ForeignServer;
      readonly fragment: ServerFragment;
      readonly notes: readonly string[];
      readonly program?: SourceReference;
    }
  | { readonly server: ForeignServer; readonly dropped: string };

/** What a format adds to every server. */
export interface ServerRules extends PlaceholderRules {
  readonly folder: PluginFolder;
  /** Variables that its programs are promised, in our placeholders. */
  readonly promised: Readonly<Record<string, string>>;
  /** Where its programs start when the server does not say. */
  readonly directory?: string;
}

/** Converts a server. Never throws for what is wrong with it: it is dropped, with the reason. */
export async function convertServer(
  server: ForeignServer,
  rules: ServerRules,
): Promise<ConvertedServer> {
  const texts = new StartTexts(rules);
  if (server.command !== undefined && server.url !== undefined) {
    return { server, dropped: 'it has both a command and an address' };
  }
  if (server.url !== undefined) return convertRemote(server, server.url, texts);
  if (server.command === undefined) return { server, dropped: 'it has no command and no address' };
  const environment = Object.fromEntries(
    Object.entries(server.environment ?? {}).map(([name, text]) => [name, texts.start(text, name)]),
  );
  const parameters = (server.parameters ?? []).map((text) => texts.start(text));
  const found = await foreignProgram(texts.start(server.command), parameters, rules.folder);
  if ('dropped' in found) return { server, dropped: found.dropped };
  const directory = directoryOf(server, texts, rules);
  if (directory !== undefined && 'dropped' in directory) return { server, ...directory };
  const odd = Object.keys(environment).find((name) => !/^[A-Za-z_]\w{0,99}$/.test(name));
  if (odd !== undefined) return { server, dropped: `"${odd}" is not the name of a variable` };
  const all = { ...environment, ...promisedVariables(rules, texts) };
  const notes = [...found.notes, ...texts.warnings];
  const isReading = [...texts.options].some((key) => rules.options.get(key)?.isPath === true);
  if (isReading) notes.push('it reads the folders that the person granted, and writes none');
  return {
    server,
    fragment: {
      runtime: 'mcp',
      command: [...found.command],
      ...(Object.keys(all).length === 0 ? {} : { environment: all }),
      ...directory,
      permissions: {
        environment: [...texts.variables],
        ...(isReading ? { files: { read: ['folders'] } } : {}),
        ...(found.processes ? { processes: true } : {}),
      },
    },
    notes,
    ...(found.program === undefined ? {} : { program: found.program }),
  };
}

/** Promised variables; the ones of options that are secrets come from the operator. */
function promisedVariables(rules: ServerRules, texts: StartTexts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(rules.promised).map(([name, text]) => [name, texts.start(text)]),
  );
}

function directoryOf(
  server: ForeignServer,
  texts: StartTexts,
  rules: ServerRules,
): { readonly directory: string } | { readonly dropped: string } | undefined {
  const { directory: written } = server;
  if (written === undefined) {
    return rules.directory === undefined ? undefined : { directory: rules.directory };
  }
  const text = texts.start(written);
  const [, base = '${plugin.root}', rest = text] =
    /^(\$\{plugin\.(?:root|data)\})(?:\/(.*))?$/s.exec(text) ?? [];
  const path = pathWithin(rest === base ? '.' : rest || '.');
  if (path === undefined) return { dropped: `it starts in ${written}, outside the plugin` };
  return { directory: path === '.' ? base : `${base}/${path}` };
}

function convertRemote(server: ForeignServer, written: string, texts: StartTexts): ConvertedServer {
  const url = texts.address(written);
  if (url === undefined) return { server, dropped: 'a secret would be part of its address' };
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    const known = StartTexts.isOpen(url) ? 'its host is known only when it starts' : undefined;
    return { server, dropped: known ?? `its address is not one of http or https: ${written}` };
  }
  if (parsed.username !== '' || parsed.password !== '') {
    return { server, dropped: 'its address has a user or a password in it' };
  }
  if (/[${}]/.test(parsed.host)) {
    return { server, dropped: 'its host is known only when it starts' };
  }
  const host = `${parsed.protocol === 'http:' ? 'http://' : ''}${parsed.host}`;
  const headers = Object.fromEntries(
    Object.entries(server.headers ?? {}).map(([name, text]) => [name, texts.header(text, host)]),
  );
  const odd = Object.entries(headers).find(
    ([name, text]) => !/^[!#$%&'*+.^_`|~\w-]{1,100}$/.test(name) || /[\r\n\0]/.test(text),
  );
  if (odd !== undefined) return { server, dropped: `"${odd[0]}" is not a header` };
  const secrets = [...texts.secrets.values()];
  return {
    server,
    fragment: {
      runtime: 'mcp',
      url,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(secrets.length === 0 ? {} : { requires: { secrets } }),
      permissions: { network: [host], environment: [...texts.variables] },
    },
    notes: [...texts.warnings],
  };
}
