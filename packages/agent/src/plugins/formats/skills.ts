// Owns the skills of a foreign plugin: folders with a `SKILL.md`, and commands and agents, which are
// made into such folders. Refuses to give a skill any right, whatever its head asks for.

import { posix } from 'node:path';
import { stringify } from 'yaml';
import { isAgentError } from '@opencomputer/contracts';
import type { JsonObject } from '@opencomputer/contracts';
import { headText, parseMarkdown } from './frontmatter.ts';
import type { MarkdownFile } from './frontmatter.ts';
import { legalName, shortened } from './identity.ts';
import type { GeneratedFile, ImportReport } from './imported-plugin.ts';
import { proseBytesMax } from './plugin-folder.ts';
import type { PluginFolder } from './plugin-folder.ts';

/** Most skills of one plugin. */
const skillsMax = 100;
const foldersDeepMax = 4;

/** What a head may ask for and a skill never gets here. */
const ungranted: Readonly<Record<string, string>> = {
  'allowed-tools': 'allowed-tools grants nothing',
  'disallowed-tools': 'disallowed-tools is not enforced',
  tools: 'tools grants nothing',
  disallowedTools: 'disallowedTools is not enforced',
  hooks: 'its hooks are not enforced',
  model: "the model is the person's choice",
  effort: "the effort is the person's choice",
  permissionMode: 'permissionMode is ignored',
  mcpServers: 'its mcpServers are ignored',
  memory: 'its memory is not kept apart',
  isolation: 'it gets no work tree of its own',
  context: 'it runs in the same conversation',
  agent: 'it runs in the same conversation',
  background: 'it does not run in the background',
  maxTurns: 'maxTurns is not enforced',
  skills: 'its skills are not loaded with it',
  initialPrompt: 'initialPrompt is ignored',
};

/** A text that becomes a skill: a command or an agent. */
export interface ProseSource {
  readonly kind: 'command' | 'agent';
  /** Where it is, such as `commands/review.md`. */
  readonly part: string;
  /** What it is called when its head does not say. */
  readonly name: string;
  readonly text: string;
  /** Keys of a head, from elsewhere. */
  readonly head?: JsonObject;
}

/** Collects the skills of one plugin. */
export class SkillCollection {
  /** Folders, for `provides.skills`. */
  readonly folders: string[] = [];
  readonly files: GeneratedFile[] = [];
  readonly #names = new Set<string>();
  readonly #folder: PluginFolder;
  readonly #report: ImportReport;
  readonly #plugin: string;

  /** `plugin` is the name of a skill that is the whole folder and has none of its own. */
  constructor(folder: PluginFolder, report: ImportReport, plugin: string) {
    this.#folder = folder;
    this.#report = report;
    this.#plugin = plugin;
  }

  /** Adds each folder with a `SKILL.md` directly within `path`. */
  async addAll(path: string, rule: 'described' | 'any'): Promise<void> {
    for (const { name, isFolder } of await this.#folder.entries(path)) {
      const inner = posix.join(path, name);
      if (!isFolder) continue;
      if (await this.#folder.isFile(posix.join(inner, 'SKILL.md'))) await this.add(inner, rule);
      else this.#report.dropped(inner, 'it has no SKILL.md');
    }
  }

  /** Adds one folder with a `SKILL.md`; `described`: only with a name and a description. */
  async add(path: string, rule: 'described' | 'any'): Promise<void> {
    const part = posix.join(path, 'SKILL.md');
    const file = await this.#read(part);
    if (file === undefined) return;
    const { head, body } = file;
    const written = headText(head, 'name');
    const isDescribed = headText(head, 'description') !== undefined;
    if (rule === 'described' && (written === undefined || !isDescribed)) {
      const missing = written === undefined ? 'name' : 'description';
      this.#report.dropped(part, `its head has no ${missing}`);
      return;
    }
    const own = path === '.' ? this.#plugin : posix.basename(path);
    const name = legalName(written ?? own, 'skill');
    const reasons = reasonsOf(head, body);
    if (!isDescribed) reasons.push('it has no description, so only a person finds it');
    if (written !== undefined && written !== own && path !== '.') {
      reasons.push(`its folder is called ${own}`);
    }
    if (!this.#accept(name, part)) return;
    this.folders.push(path);
    this.#report.kept(part, `skill ${name}`, reasons.join('; '));
  }

  /** Adds a text as a skill of its own; its folder is generated. */
  addProse(source: ProseSource): void {
    const { kind, part } = source;
    const file = this.#parse(source.text, part);
    if (file === undefined) return;
    const head = { ...source.head, ...file.head };
    const wanted = legalName(headText(head, 'name') ?? source.name, kind);
    const name = this.#names.has(wanted) ? legalName(`${kind}-${wanted}`) : wanted;
    const reasons = reasonsOf(head, file.body);
    if (name !== wanted) reasons.push(`there is a skill ${wanted} already`);
    if (file.body === '') return this.#report.dropped(part, 'it has no text');
    if (!this.#accept(name, part)) return;
    const folder = `.opencomputer/skills/${name}`;
    this.folders.push(folder);
    this.files.push({
      path: `${folder}/SKILL.md`,
      text: skillText(name, kind, { head, body: file.body }),
    });
    this.#report.kept(part, `skill ${name}`, reasons.join('; '));
  }

  /** Adds each Markdown file of a folder, those in folders within included. */
  async addFolder(kind: ProseSource['kind'], path: string, depth = 0): Promise<void> {
    for (const { name, isFolder } of await this.#folder.entries(path)) {
      const inner = posix.join(path, name);
      if (isFolder && depth < foldersDeepMax) await this.addFolder(kind, inner, depth + 1);
      else if (name.endsWith('.md')) await this.addFile(kind, inner);
      else this.#report.dropped(inner, `not a ${kind}: it does not end with .md`);
    }
  }

  /** Adds one Markdown file. */
  async addFile(kind: ProseSource['kind'], part: string): Promise<void> {
    const text = await this.#folder.text(part, proseBytesMax);
    const name = posix.basename(part, '.md');
    if (text === undefined) this.#report.dropped(part, 'there is no such file');
    else this.addProse({ kind, part, name, text });
  }

  async #read(part: string): Promise<MarkdownFile | undefined> {
    const text = await this.#folder.text(part, proseBytesMax);
    if (text !== undefined) return this.#parse(text, part);
    this.#report.dropped(part, 'there is no such file');
    return undefined;
  }

  /** One skill that cannot be read leaves the others as they are. */
  #parse(text: string, part: string): MarkdownFile | undefined {
    try {
      return parseMarkdown(text, part);
    } catch (error) {
      if (!isAgentError(error, 'PLUGIN_MANIFEST')) throw error;
      this.#report.dropped(part, error.message);
      return undefined;
    }
  }

  #accept(name: string, part: string): boolean {
    const isTaken = this.#names.has(name);
    if (isTaken) this.#report.dropped(part, `there is a skill ${name} already`);
    else if (this.folders.length >= skillsMax) {
      this.#report.dropped(part, `at most ${skillsMax} skills in one plugin`);
    } else {
      this.#names.add(name);
      return true;
    }
    return false;
  }
}

/** What a skill asks for and does not get. */
function reasonsOf(head: JsonObject, body: string): string[] {
  const reasons = Object.keys(head).flatMap((key) => {
    const reason = Object.hasOwn(ungranted, key) ? ungranted[key] : undefined;
    return reason === undefined ? [] : [reason];
  });
  if (/!`[^`\n]+`/.test(body)) reasons.push('commands in its text are not run');
  if (/\$\{CLAUDE_(?:PLUGIN|PROJECT|SKILL|SESSION)_/.test(body)) {
    reasons.push('it names variables of another program, which stay as they are');
  }
  return [...new Set(reasons)];
}

function skillText(name: string, kind: ProseSource['kind'], { head, body }: MarkdownFile): string {
  const hint = headText(head, 'argument-hint');
  const first = body.split('\n').find((line) => line.trim() !== '') ?? name;
  const description = headText(head, 'description') ?? first.replace(/^#+\s*/, '');
  const written = {
    name,
    description: shortened(description, 1_000),
    ...(hint === undefined ? {} : { 'argument-hint': shortened(hint, 200) }),
    ...(head['disable-model-invocation'] === true ? { 'disable-model-invocation': true } : {}),
    ...(kind === 'command' ? { 'user-invocable': true } : {}),
  };
  return `---\n${stringify(written, { lineWidth: 0 })}---\n\n${body}\n`;
}
