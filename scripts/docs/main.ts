// `npm run docs:check`: links, script names and places of one machine. `npm run docs:run`: the commands that the docs show.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkDocuments } from './check-documents.ts';
import { findPlaces } from './check-places.ts';
import { currentFigures } from './current-figures.ts';
import { readMarkdown } from './markdown.ts';
import { runBlocks } from './run-blocks.ts';

const root = path.resolve(import.meta.dirname, '../..');
const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
const files = listed.split('\0').filter((file) => file !== '' && existsSync(path.join(root, file)));
const documents = files.filter((file) => file.endsWith('.md'));

function check(): number {
  const findings = [...checkDocuments(root, documents)];
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  if (currentFigures(root, readme) !== readme)
    findings.push({ file: 'README.md', line: 1, message: 'does not hold the figures of bench/results: npm run readme:figures' });
  for (const file of files) {
    const bytes = readFileSync(path.join(root, file));
    // A file with a zero byte near its start is not text.
    if (!bytes.subarray(0, 8_000).includes(0)) findings.push(...findPlaces(file, bytes.toString('utf8')));
  }
  for (const { file, line, message } of findings) console.error(`${file}:${line}: ${message}`);
  console.log(`docs: ${documents.length} documents, ${files.length} files, ${findings.length} findings`);
  return findings.length;
}

async function run(): Promise<number> {
  let failures = 0;
  let ranCount = 0;
  for (const file of documents.filter((name) => name === 'README.md' || name.startsWith('docs/guides/'))) {
    const { ran, skipped, failure } = await runBlocks(file, readMarkdown(readFileSync(path.join(root, file), 'utf8')).blocks, root);
    for (const line of skipped) console.log(`skipped ${line}`);
    if (failure !== null) console.error(`\nFAILED ${failure}`);
    console.log(`docs: ${file}: ${ran} blocks ran, ${skipped.length} skipped, ${failure === null ? 'none' : 'one'} failed`);
    if (failure !== null) failures++;
    ranCount += ran;
  }
  if (ranCount > 0) return failures;
  console.error('docs: no block of README.md or docs/guides is marked `sh run`: nothing was run, which proves nothing.');
  return 1;
}

process.exitCode = (process.argv.includes('--run') ? await run() : check()) === 0 ? 0 : 1;
