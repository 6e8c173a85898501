// Owns the making of manifests out of an identity, skills, options and MCP servers: one plugin for
// each server. Refuses a plugin of which nothing is left.

import { AgentError } from '@opencomputer/contracts';
import type { JsonObject } from '@opencomputer/contracts';
import { legalName } from './identity.ts';
import type { Identity } from './identity.ts';
import { ImportReport, checkedManifest } from './imported-plugin.ts';
import type { ImportedPlugin, ManifestInput } from './imported-plugin.ts';
import type { ConvertedServer } from './mcp-server.ts';
import type { SkillCollection } from './skills.ts';

/** Most MCP servers of one plugin. */
const serversMax = 50;

/** What a foreign plugin came to. */
export interface Assembly {
  /** The file that describes the plugin, for what is said of it. */
  readonly file: string;
  readonly identity: Identity;
  readonly report: ImportReport;
  readonly skills?: SkillCollection;
  readonly servers: readonly ConvertedServer[];
  /** JSON Schema of the options. */
  readonly configuration?: JsonObject | undefined;
  /** Hosts that a person lets its programs reach, since the format cannot say them. */
  readonly network?: readonly string[] | undefined;
  /** What the format itself says about rights and bounds. */
  readonly extension?: Pick<ManifestInput, 'permissions' | 'resources' | 'provides'>;
}

type KeptServer = Extract<ConvertedServer, { fragment: unknown }>;

/** The plugins; the first has the skills and the first server. Throws PLUGIN_MANIFEST. */
export function assemble(assembly: Assembly): readonly ImportedPlugin[] {
  const { servers, report, skills, file } = assembly;
  if (servers.length > serversMax) {
    const problem = `${servers.length} MCP servers; at most ${serversMax}`;
    throw new AgentError('PLUGIN_MANIFEST', { file, problem });
  }
  const kept = servers.filter((server): server is KeptServer => 'fragment' in server);
  for (const found of servers) {
    if ('dropped' in found) report.dropped(found.server.part, found.dropped);
  }
  const [first, ...others] = kept;
  if (first === undefined && (skills?.folders ?? []).length === 0) {
    const dropped = report.parts.find(({ becomes }) => becomes === '');
    const why = dropped === undefined ? '' : `: ${dropped.part}: ${dropped.reason}`;
    const problem = `nothing of it can be used here${why}`;
    throw new AgentError('PLUGIN_MANIFEST', { file, problem });
  }
  const plugins = [
    mainPlugin(assembly, first),
    ...others.map((server) => serverPlugin(assembly, server)),
  ];
  const names = plugins.map(({ manifest }) => manifest.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return plugins;
  const problem = `two of its servers would be the plugin ${twice}`;
  throw new AgentError('PLUGIN_MANIFEST', { file, problem });
}

function mainPlugin(assembly: Assembly, server: KeptServer | undefined): ImportedPlugin {
  const { identity, skills, report } = assembly;
  const manifest: ManifestInput = {
    ...identity,
    ...fragmentOf(assembly, server),
    provides: { ...assembly.extension?.provides, skills: [...(skills?.folders ?? [])] },
  };
  if (server !== undefined) describe(server, identity.name, report);
  return {
    manifest: checkedManifest(manifest, assembly.file),
    files: skills?.files ?? [],
    parts: report.parts,
    warnings: report.warnings,
    ...(server?.program === undefined ? {} : { program: server.program }),
  };
}

/** A further server, as a plugin of its own: it has its own process, rights and name. */
function serverPlugin(assembly: Assembly, server: KeptServer): ImportedPlugin {
  const { identity, report } = assembly;
  const name = legalName(`${identity.name}-${server.server.name}`);
  const own = new ImportReport();
  describe(server, name, own);
  report.kept(server.server.part, `plugin ${name}`, 'a plugin has one server');
  return {
    manifest: checkedManifest(
      { ...identity, ...fragmentOf(assembly, server), name },
      assembly.file,
    ),
    files: [],
    parts: own.parts,
    warnings: own.warnings,
    ...(server.program === undefined ? {} : { program: server.program }),
  };
}

function fragmentOf(
  assembly: Assembly,
  server: KeptServer | undefined,
): Pick<ManifestInput, 'permissions' | 'resources' | 'configuration'> & {
  runtime: 'mcp' | 'none';
} {
  const { configuration, extension } = assembly;
  const asked = extension?.permissions;
  const own = server?.fragment.permissions;
  const hosts = server?.fragment.command === undefined ? [] : (assembly.network ?? []);
  const joined = <Item>(...lists: (readonly Item[] | undefined)[]): Item[] => [
    ...new Set(lists.flatMap((list) => list ?? [])),
  ];
  return {
    ...server?.fragment,
    runtime: server === undefined ? 'none' : 'mcp',
    ...(extension?.resources === undefined ? {} : { resources: extension.resources }),
    ...(configuration === undefined ? {} : { configuration: writable(configuration) }),
    permissions: {
      ...asked,
      ...own,
      network: joined(asked?.network, own?.network, hosts),
      environment: joined(asked?.environment, own?.environment),
      files: {
        read: joined(asked?.files?.read, own?.files?.read),
        write: joined(asked?.files?.write),
      },
    },
  };
}

function describe(
  { server, fragment, notes }: KeptServer,
  name: string,
  report: ImportReport,
): void {
  const how = fragment.url === undefined ? 'a program in its sandbox' : `at ${fragment.url}`;
  report.kept(server.part, `MCP server of ${name}, ${how}`, notes.join('; '));
  for (const note of notes) report.warn(`${server.part}: ${note}`);
}

/** The schema's type of JSON has lists that can be written to. */
function writable(value: JsonObject): NonNullable<ManifestInput['configuration']> {
  return value as NonNullable<ManifestInput['configuration']>;
}
