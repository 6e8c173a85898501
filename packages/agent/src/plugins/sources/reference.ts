// Owns what a person may type to name a plugin. Refuses what could mean two things, with the forms
// that there are.

import { posix } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import { checkUrl } from '../guarded-fetch.ts';
import { checkPath } from '../content/index.ts';

/** A plugin as it was named; nothing is looked up yet. */
export type SourceReference =
  /** Paths are as typed, also with `~/`. */
  | { readonly type: 'folder'; readonly path: string }
  | { readonly type: 'file'; readonly path: string; readonly isWheel: boolean }
  | { readonly type: 'git'; readonly url: string; readonly ref?: string; readonly path?: string }
  | { readonly type: 'npm'; readonly package: string; readonly range: string }
  | { readonly type: 'pypi'; readonly package: string; readonly version?: string }
  | { readonly type: 'oci' | 'image'; readonly reference: string }
  | { readonly type: 'archive'; readonly url: string; readonly sha256?: string }
  /** A path or an address of a `server.json`. */
  | { readonly type: 'server'; readonly location: string }
  /** A name in the registry of plugins, with a range of versions. */
  | { readonly type: 'name'; readonly name: string; readonly range?: string };

const textBytesMax = 2_000;
const archiveName = /\.(?:mcpb|dxt|zip|tgz|tar\.gz|tar\.zst|tar)$/i;
const npmName = /^(?:@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*$/;
const pypiName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const registryName = /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)?$/;
const githubName = /^([A-Za-z0-9][A-Za-z0-9-]*)\/([A-Za-z0-9._-]+)((?:\/[^#]+)?)$/;

/** Reads a reference. Throws PLUGIN_SOURCE. */
export function parseReference(text: string): SourceReference {
  if (text === '' || Buffer.byteLength(text) > textBytesMax || /[\p{Cc}]/u.test(text)) {
    throw sourceFault(text, 'an empty, too long or unreadable name');
  }
  if (/^(?:\.{0,2}\/|\.\.?$|~\/|[A-Za-z]:[\\/])/.test(text)) return localOf(text);
  const scheme = /^([a-z][a-z0-9+]*):/.exec(text)?.[1];
  if (scheme === undefined) return nameOf(text);
  const rest = text.slice(scheme.length + 1);
  switch (scheme) {
    case 'npm':
      return npmOf(text, rest);
    case 'pypi':
      return pypiOf(text, rest);
    case 'oci':
    case 'image':
      if (!/^[^/\s]+\/\S+$/.test(rest)) throw sourceFault(text, `write ${scheme}:host/name:tag`);
      return { type: scheme, reference: rest };
    case 'server':
      if (rest === '') throw sourceFault(text, 'write server: and a path or an address');
      return { type: 'server', location: rest };
    case 'github':
      return githubOf(text, rest);
    case 'git+https':
    case 'git+http':
    case 'git+ssh':
    case 'git+file':
      return gitOf(text, text.slice('git+'.length));
    case 'https':
    case 'http':
      return addressOf(text);
    default:
      throw sourceFault(text, `there is no kind of source "${scheme}:"`);
  }
}

/** An error about a reference. */
export function sourceFault(reference: string, problem: string): AgentError {
  return new AgentError('PLUGIN_SOURCE', { reference: reference.slice(0, 200), problem });
}

function localOf(path: string): SourceReference {
  const isWheel = /\.whl$/i.test(path);
  if (isWheel || archiveName.test(path)) return { type: 'file', path, isWheel };
  return { type: 'folder', path };
}

function nameOf(text: string): SourceReference {
  const [name = '', ...ranges] = text.split('@');
  const [range] = ranges;
  if (!registryName.test(name) || ranges.length > 1 || range === '') {
    throw sourceFault(text, 'write a name, ./folder, npm:, pypi:, github:, git+https: or oci:');
  }
  if (/\.whl$/i.test(name) || archiveName.test(name)) {
    throw sourceFault(text, `for a file here write ./${name}`);
  }
  return { type: 'name', name, ...(range === undefined ? {} : { range }) };
}

function npmOf(text: string, rest: string): SourceReference {
  const at = rest.indexOf('@', 1);
  const name = at === -1 ? rest : rest.slice(0, at);
  const range = at === -1 ? 'latest' : rest.slice(at + 1);
  if (!npmName.test(name) || name.length > 214 || range === '') {
    throw sourceFault(text, 'write npm:name or npm:@scope/name@range');
  }
  return { type: 'npm', package: name, range };
}

function pypiOf(text: string, rest: string): SourceReference {
  const [name = '', version, more] = rest.split('==');
  const isVersion = version === undefined || /^[A-Za-z0-9][A-Za-z0-9.!+_-]*$/.test(version);
  if (!pypiName.test(name) || !isVersion || more !== undefined) {
    throw sourceFault(text, 'write pypi:name or pypi:name==version');
  }
  return { type: 'pypi', package: name, ...(version === undefined ? {} : { version }) };
}

function githubOf(text: string, rest: string): SourceReference {
  const [place = '', ref, more] = rest.split('#');
  const found = githubName.exec(place);
  if (found === null || more !== undefined) {
    throw sourceFault(text, 'write github:owner/repository/path#ref');
  }
  const [, owner = '', repository = '', path = ''] = found;
  return gitReference(text, {
    url: `https://github.com/${owner}/${repository.replace(/\.git$/, '')}.git`,
    ref,
    path: path === '' ? undefined : path.slice(1),
  });
}

/** `url#ref&path=folder`, each part of the fragment optional. */
function gitOf(text: string, address: string): SourceReference {
  if (!URL.canParse(address)) throw sourceFault(text, 'no address of a repository');
  const url = new URL(address);
  const parts = address.includes('#') ? address.slice(address.indexOf('#') + 1).split('&') : [];
  url.hash = '';
  const paths = parts.filter((part) => part.startsWith('path='));
  const refs = parts.filter((part) => part !== '' && !part.startsWith('path='));
  if (paths.length > 1 || refs.length > 1) throw sourceFault(text, 'write #ref&path=folder');
  if (url.protocol === 'file:') {
    if (url.host !== '') throw sourceFault(text, 'write git+file:///folder');
  } else if (url.protocol === 'ssh:') {
    // Both go to a program's command line.
    const isPlain = /^[A-Za-z0-9._-]*$/.test(url.username) && !url.username.startsWith('-');
    if (!isPlain || url.password !== '' || url.hostname.startsWith('-')) {
      throw sourceFault(text, 'an address with a password in it, which would be kept');
    }
  } else checkUrl(url.href);
  return gitReference(text, { url: url.href, ref: refs[0], path: paths[0]?.slice(5) });
}

function gitReference(
  text: string,
  parts: { url: string; ref: string | undefined; path: string | undefined },
): SourceReference {
  const { url, ref, path } = parts;
  // The rules of git-check-ref-format(1) that matter, and nothing that reads as an option.
  if (ref !== undefined && (!/^[\w][\w./+@-]*$/.test(ref) || /\.\.|@\{|\/\/|\.lock$/.test(ref))) {
    throw sourceFault(text, `"${ref}" is no name of a branch, tag or commit`);
  }
  if (path !== undefined) {
    checkPath(path);
    if (path.startsWith('-') || posix.normalize(path) !== path) {
      throw sourceFault(text, `"${path}" is no folder of a repository`);
    }
  }
  return {
    type: 'git',
    url,
    ...(ref === undefined ? {} : { ref }),
    ...(path === undefined ? {} : { path }),
  };
}

function addressOf(text: string): SourceReference {
  const url = checkUrl(text);
  if (url.pathname.endsWith('.git')) return gitOf(text, text);
  if (!archiveName.test(url.pathname)) {
    throw sourceFault(text, 'for a repository write git+https:, for a server.json server:https:');
  }
  const found = /^(?:#sha256=([0-9a-f]{64}))?$/.exec(url.hash);
  if (found === null) throw sourceFault(text, 'write #sha256= and 64 hexadecimal digits');
  url.hash = '';
  const sha256 = found[1];
  return { type: 'archive', url: url.href, ...(sha256 === undefined ? {} : { sha256 }) };
}
