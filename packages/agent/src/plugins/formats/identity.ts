// Owns who a foreign plugin is: name, version, description, authors, made to fit our manifest.
// Refuses to change any of them without saying so.

import type { ImportReport, ManifestInput } from './imported-plugin.ts';

/** What foreign formats say about a plugin; each value as it was written. */
export interface WrittenIdentity {
  readonly name: string;
  readonly version?: string | undefined;
  readonly description?: string | undefined;
  readonly authors?: readonly string[];
  readonly licence?: string | undefined;
  readonly homepage?: string | undefined;
}

/** The part of a manifest that says who a plugin is. */
export type Identity = Pick<
  ManifestInput,
  'name' | 'version' | 'description' | 'authors' | 'licence' | 'homepage' | 'framework_version'
>;

const nameLengthMax = 64;

/** The nearest name that is legal: lower-case words with `-`; `fallback` when nothing is left. */
export function legalName(written: string, fallback = 'plugin'): string {
  const plain = written
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^[-\d]+/, '')
    .slice(0, nameLengthMax)
    .replace(/-+$/, '');
  return plain === '' ? fallback : plain;
}

/** `1.2` is `1.2.0`; what a version cannot be read from gives undefined. */
export function legalVersion(written: string): string | undefined {
  const found =
    /^[v=\s]*(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(-[0-9A-Za-z.-]{1,60})?(?:\+.*)?$/.exec(
      written.trim(),
    );
  if (found === null) return undefined;
  const [, major, minor = '0', patch = '0', rest = ''] = found;
  return `${major}.${minor}.${patch}${rest}`;
}

/** Cut at `length` characters, never within one. */
export function shortened(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= length) return line;
  return `${line.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Makes an identity legal; what had to change is reported. */
export function identityOf(written: WrittenIdentity, report: ImportReport): Identity {
  const name = legalName(written.name);
  if (name !== written.name) report.warn(`the name "${written.name}" becomes "${name}"`);
  const description = shortened(written.description ?? '', 300);
  return {
    name,
    version: versionOf(written.version, report),
    framework_version: '*',
    description: description === '' ? `The plugin ${name}.` : description,
    authors: (written.authors ?? []).map((author) => shortened(author, 200)).slice(0, 50),
    ...(written.licence === undefined ? {} : { licence: shortened(written.licence, 100) }),
    ...homepageOf(written.homepage, report),
  };
}

/** `Name <address>`, of the object that most formats have. */
export function authorText(author: {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}): readonly string[] {
  const { name = '', email } = author;
  if (email === undefined) return name === '' ? [] : [name];
  return [name === '' ? email : `${name} <${email}>`];
}

function versionOf(written: string | undefined, report: ImportReport): string {
  const version = written === undefined ? undefined : legalVersion(written);
  if (version === undefined) {
    const said = written === undefined ? 'it has no version' : `"${written}" is not a version`;
    report.warn(`${said}: it is 0.0.0 here, and told apart by its content`);
    return '0.0.0';
  }
  if (version !== written) report.warn(`the version "${written}" becomes ${version}`);
  return version;
}

function homepageOf(written: string | undefined, report: ImportReport): { homepage?: string } {
  if (written === undefined) return {};
  if (URL.canParse(written) && written.startsWith('https://')) return { homepage: written };
  report.warn(`the home page "${shortened(written, 100)}" is not an https address: left out`);
  return {};
}
