// Owns that a relative link in any Markdown file leads somewhere, to the very heading it names.
// Refuses to judge addresses on the network: a check that needs it would fail for its reasons.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** Each dead link below `root`, as "file: link". */
export function deadLinks(root: string): string[] {
  const files = globSync('**/*.md', {
    cwd: root,
    exclude: (path) => /^(node_modules|dist|\.git)$/.test(basename(path)),
  });
  return files.flatMap((file) =>
    linksOf(readFileSync(join(root, file), 'utf8'))
      .filter((link) => !leadsSomewhere(root, file, link))
      .map((link) => `${file}: ${link}`),
  );
}

function leadsSomewhere(root: string, file: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(root, file) : join(root, dirname(file), decodeURI(path));
  if (relative(root, target).startsWith('..') || !existsSync(target)) return false;
  if (anchor === undefined || !target.endsWith('.md')) return true;
  return anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
}

/** Targets of inline links, images and definitions, without those that name a scheme. */
function linksOf(text: string): string[] {
  const prose = withoutCode(text);
  const inline = prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
  const definitions = prose.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm);
  return [...inline, ...definitions]
    .map(([, link = '']) => link)
    .filter((link) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(link));
}

/** The anchors that GitHub gives to headings; a repeated one is numbered. */
function anchorsOf(text: string): string[] {
  const counts = new Map<string, number>();
  return [...withoutFences(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

function withoutFences(text: string): string {
  return text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '');
}

function withoutCode(text: string): string {
  return withoutFences(text).replaceAll(/`[^`\n]*`/g, '');
}

if (import.meta.main) {
  const dead = deadLinks(join(import.meta.dirname, '..'));
  for (const link of dead) console.log(link);
  process.exitCode = dead.length > 0 ? 1 : 0;
}
