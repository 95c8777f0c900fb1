/** A fenced block of a Markdown file. */
export interface FencedBlock {
  /** Words after the fence, for example `['sh', 'run']`. */
  readonly info: readonly string[];
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/** A link or an image of a Markdown file. */
export interface Link {
  /** As written, for example `docs/guides/first.md#serve`. */
  readonly target: string;
  readonly line: number;
}

/** What the docs check needs to know of one Markdown file. */
export interface MarkdownFacts {
  readonly blocks: readonly FencedBlock[];
  readonly links: readonly Link[];
  /** The anchors that its headings make, as GitHub names them. */
  readonly anchors: ReadonlySet<string>;
}

/** Reads the parts of Markdown that the docs check looks at: fences, links outside of code, headings. */
export function readMarkdown(text: string): MarkdownFacts {
  const blocks: FencedBlock[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  const lines = text.split(/\r?\n/);

  for (let at = 0; at < lines.length; at++) {
    const fence = /^\s*(```+|~~~+)\s*(.*)$/.exec(lines[at]!);
    if (fence !== null) {
      const begin = at;
      const isClosing = (line: string) =>
        line.trim().startsWith(fence[1]!) && line.trim().replace(fence[1]!, '').replaceAll(fence[1]![0]!, '') === '';
      while (++at < lines.length && !isClosing(lines[at]!));
      blocks.push({ info: fence[2]!.split(/\s+/).filter(Boolean), text: lines.slice(begin + 1, at).join('\n'), line: begin + 1 });
      continue;
    }
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(lines[at]!);
    if (heading !== null) addAnchor(anchors, heading[1]!);
    for (const [, id] of lines[at]!.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(id!);
    const prose = lines[at]!.replaceAll(/(`+)[^`].*?\1/g, '');
    for (const [, target] of prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)) links.push({ target: target!, line: at + 1 });
    for (const [, target] of prose.matchAll(/^\s*\[[^\]]+\]:\s+(\S+)/g)) links.push({ target: target!, line: at + 1 });
    for (const [, target] of prose.matchAll(/<img\s[^>]*src="([^"]+)"/g)) links.push({ target: target!, line: at + 1 });
  }
  return { blocks, links, anchors };
}

function addAnchor(anchors: Set<string>, heading: string): void {
  const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');
  const slug = plain
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
  let anchor = slug;
  for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
  anchors.add(anchor);
}
