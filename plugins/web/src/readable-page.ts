// Owns turning the HTML of a page into text that a person reads. Refuses its scripts and its layout: only
// what the page says is kept.

/** What a page says. */
export interface ReadablePage {
  readonly title: string;
  readonly byline?: string;
  /** Markdown without links and images. */
  readonly text: string;
}

/** A node of a document, as far as it is looked at. */
interface PlainNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<PlainNode>;
}

/** A document as far as it is used; the types of linkedom need those of a browser. */
interface PlainDocument {
  readonly body: PlainNode;
  querySelector(selector: string): PlainNode | null;
}

type ParseHtml = (html: string) => { readonly document: PlainDocument };

const ARTICLE_CHARACTERS_MIN = 200;
const DEPTH_MAX = 400;
const ELEMENT = 1;
const TEXT = 3;
const LEFT_OUT = new Set(
  'TITLE SCRIPT STYLE NOSCRIPT TEMPLATE SVG IFRAME OBJECT VIDEO AUDIO CANVAS HEAD FORM BUTTON SELECT NAV'.split(
    ' ',
  ),
);
const BLOCKS = new Set(
  (
    'ADDRESS ARTICLE ASIDE BLOCKQUOTE DD DIV DL DT FIGCAPTION FIGURE FOOTER HEADER HR MAIN OL P SECTION TABLE TR UL ' +
    'DETAILS SUMMARY'
  ).split(' '),
);

/** The main text of a page, or all of it when there is no main part. Never throws for any HTML. */
export async function readPage(html: string, url: string): Promise<ReadablePage> {
  const [linkedom, { Readability }] = await Promise.all([
    import('linkedom'),
    import('@mozilla/readability'),
  ]);
  const parseHtml = linkedom.parseHTML as unknown as ParseHtml;
  const parse = (source: string): PlainDocument => parseHtml(wrapped(source)).document;
  const whole = parse(html);
  const title = plain(whole.querySelector('title')?.textContent ?? '') || url;
  const article = articleOf(() => new Readability(parse(html) as never).parse());
  if (article !== undefined) {
    const text = markdown(parse(article.content ?? '').body);
    const byline = plain(article.byline ?? '');
    if (text.length >= ARTICLE_CHARACTERS_MIN) {
      const named = plain(article.title ?? '') || title;
      return { title: named, ...(byline === '' ? {} : { byline }), text };
    }
  }
  return { title, text: markdown(whole.body) };
}

interface Article {
  readonly title?: string | null | undefined;
  readonly byline?: string | null | undefined;
  readonly content?: string | null | undefined;
}

/** Readability throws for some broken pages; then the whole page is read. */
function articleOf(parse: () => Article | null): Article | undefined {
  try {
    return parse() ?? undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function wrapped(html: string): string {
  return /<html[\s>]/i.test(html)
    ? html
    : `<!doctype html><html><head></head><body>${html}</body></html>`;
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** The text of an element as Markdown: headings, paragraphs, lists, code. */
export function markdown(root: PlainNode): string {
  const parts: string[] = [];
  write(root, parts, 0);
  return parts
    .join('')
    .split(/(```[^]*?```)/)
    .map((part) => (part.startsWith('```') ? part : tidied(part)))
    .join('')
    .trim();
}

function tidied(text: string): string {
  return text
    .replaceAll(/[ \t\u00a0]+/g, ' ')
    .replaceAll(/ *\n */g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

function write(node: PlainNode, parts: string[], depth: number): void {
  if (depth > DEPTH_MAX) return;
  for (const child of node.childNodes) {
    const name = child.nodeName.toUpperCase();
    if (child.nodeType === TEXT) parts.push((child.textContent ?? '').replaceAll(/\s+/g, ' '));
    if (child.nodeType !== ELEMENT || LEFT_OUT.has(name)) continue;
    const heading = /^H([1-6])$/.exec(name)?.[1];
    if (heading !== undefined) {
      parts.push(`\n\n${'#'.repeat(Number(heading))} ${plain(child.textContent ?? '')}\n\n`);
    } else if (name === 'PRE') {
      parts.push(
        `\n\n\`\`\`\n${(child.textContent ?? '').replaceAll('```', "'''").trimEnd()}\n\`\`\`\n\n`,
      );
    } else if (name === 'BR') {
      parts.push('\n');
    } else {
      const [before, after] = surroundings(name);
      parts.push(before);
      write(child, parts, depth + 1);
      parts.push(after);
    }
  }
}

function surroundings(name: string): readonly [string, string] {
  if (name === 'LI') return ['\n- ', ''];
  if (name === 'TD' || name === 'TH') return ['', ' | '];
  return BLOCKS.has(name) ? ['\n\n', '\n\n'] : ['', ''];
}
