import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readMarkdown, type MarkdownFacts } from './markdown.ts';

/** Something wrong in a file, at a line. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/**
 * Checks Markdown files: each relative link leads to a file that is there and, where it has one, to a heading of it;
 * each `npm run X` is a script of package.json.
 *
 * @param root the repository
 * @param files relative to the root
 */
export function checkDocuments(root: string, files: readonly string[]): readonly Finding[] {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts?: Record<string, string> };
  const known = new Map<string, MarkdownFacts>();
  const factsOf = (file: string) => {
    const facts = known.get(file) ?? readMarkdown(readFileSync(path.join(root, file), 'utf8'));
    known.set(file, facts);
    return facts;
  };

  const findings: Finding[] = [];
  for (const file of files) {
    for (const { target, line } of factsOf(file).links) {
      const message = problemOf(root, file, target, factsOf);
      if (message !== null) findings.push({ file, line, message });
    }
    for (const [index, text] of readFileSync(path.join(root, file), 'utf8').split('\n').entries()) {
      for (const [, script] of text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)) {
        if (manifest.scripts?.[script!] === undefined)
          findings.push({ file, line: index + 1, message: `\`npm run ${script}\` is no script of package.json` });
      }
    }
  }
  return findings;
}

function problemOf(root: string, file: string, target: string, factsOf: (file: string) => MarkdownFacts): string | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return null;
  const [name = '', anchor] = decodeURI(target).split('#');
  if (name.startsWith('/')) return `${target} begins at the root of a machine: write it relative to this file`;
  const place = name === '' ? file : path.posix.join(path.posix.dirname(file), name);
  if (place.startsWith('..')) return `${target} leads out of the repository`;
  if (!existsSync(path.join(root, place))) return `${target} leads to nothing`;
  if (anchor === undefined || !place.endsWith('.md')) return null;
  return factsOf(place).anchors.has(anchor) ? null : `${target}: ${place} has no heading #${anchor}`;
}
