// Owns the fetching of one package of an npm registry, with its archive verified. Refuses packages
// without a SHA-512 of their archive.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@opencomputer/contracts';
import { isObject } from '../json-object.ts';
import { soleFolder, unpackArchive } from './archive.ts';
import { downloadFile, downloadJson } from './download.ts';
import { fileDigest } from './file-digest.ts';
import type { FetchContext, Fetched, SourcePorts } from './ports.ts';
import { sourceFault } from './reference.ts';
import type { SourceReference } from './reference.ts';
import { greatestWithin } from './semver-range.ts';

/** Registries that everyone knows. */
export const publicRegistries: SourcePorts['registries'] = {
  npm: 'https://registry.npmjs.org',
  pypi: 'https://pypi.org/simple',
};

/** Fetches the greatest version within a range, or what a tag is. Throws PLUGIN_SOURCE, PLUGIN_TREE. */
export async function fetchNpm(
  wanted: SourceReference & { type: 'npm' },
  context: FetchContext,
): Promise<Fetched> {
  const { npm: registry } = context.ports.registries;
  const name = wanted.package;
  // The short form of the document, which has all that is needed here.
  const accept = 'application/vnd.npm.install-v1+json, application/json;q=0.8';
  const url = `${registry}/${name.replace('/', '%2f')}`;
  const document = await downloadJson(url, { accept, context });
  const versions = isObject(document['versions']) ? document['versions'] : {};
  const version = chooseVersion(document, versions, wanted.range);
  const release = version === undefined ? undefined : versions[version];
  if (version === undefined || !isObject(release) || !isObject(release['dist'])) {
    throw sourceFault(context.reference, `there is no version "${wanted.range}"`);
  }
  const { tarball, integrity } = release['dist'];
  const sha512 = sha512Of(integrity);
  if (typeof tarball !== 'string' || sha512 === undefined) {
    throw sourceFault(context.reference, 'the registry gives no SHA-512 of it');
  }
  const archive = join(context.work, 'package.tgz');
  await downloadFile(tarball, { file: archive, context });
  const actual = await fileDigest(archive, { algorithm: 'sha512', encoding: 'base64' });
  if (actual !== sha512) {
    throw sourceFault(context.reference, 'the archive is not what the registry says');
  }
  const tree = join(context.work, 'tree');
  await mkdir(tree);
  await unpackArchive(archive, tree, context.ports.limits);
  const source = {
    type: 'npm',
    package: name,
    version,
    integrity: `sha512-${sha512}`,
    ...(registry === publicRegistries.npm ? {} : { registry }),
  } as const;
  return { directory: await soleFolder(tree), source, warnings: warningsOf(release, version) };
}

function chooseVersion(
  document: JsonObject,
  versions: JsonObject,
  range: string,
): string | undefined {
  const tags = isObject(document['dist-tags']) ? document['dist-tags'] : {};
  const tagged = Object.hasOwn(tags, range) ? tags[range] : undefined;
  if (typeof tagged === 'string') return tagged;
  // As npm: what is tagged as the latest is taken when the range has it.
  const latest = typeof tags['latest'] === 'string' ? tags['latest'] : '';
  return greatestWithin([latest], range) ?? greatestWithin(Object.keys(versions), range);
}

/** The SHA-512 of a subresource integrity, base64. */
export function sha512Of(integrity: unknown): string | undefined {
  if (typeof integrity !== 'string') return undefined;
  return /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)(?:\s|$)/.exec(integrity)?.[1];
}

function warningsOf(release: JsonObject, version: string): string[] {
  const warnings: string[] = [];
  if (release['hasInstallScript'] === true) {
    warnings.push('it has an install script, which was not run; it may not work');
  }
  const { deprecated } = release;
  if (typeof deprecated === 'string' && deprecated !== '') {
    const words = deprecated.replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 200);
    warnings.push(`version ${version} is deprecated: ${words}`);
  }
  return warnings;
}
