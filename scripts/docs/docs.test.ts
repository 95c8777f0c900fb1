import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkDocuments } from './check-documents.ts';
import { findPlaces } from './check-places.ts';
import { readMarkdown } from './markdown.ts';
import { runBlocks } from './run-blocks.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'docs-'));
  writeFileSync(path.join(root, 'package.json'), '{"scripts":{"gate":"x","bench:train":"x"}}');
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

describe('checkDocuments', () => {
  it('tells what leads to nothing, and lets pass what leads somewhere', () => {
    const text = [
      '# First steps',
      '[here](#first-steps) [there](other.md#two--more-words) [web](https://example.com/x) ![picture](package.json)',
      '[gone](gone.md) [no heading](other.md#three) [up](../x.md) [top](/etc/x)',
      '`[code](gone.md)` runs `npm run gate`, `npm run bench:train` and `npm run nothing`.',
      '```sh',
      '[fenced](gone.md)',
      '```',
      '[reference]: missing.md',
    ].join('\n');
    writeFileSync(path.join(root, 'a.md'), text);
    writeFileSync(path.join(root, 'other.md'), '## Two & more `words`\n');
    expect(checkDocuments(root, ['a.md', 'other.md']).map(({ line, message }) => `${line} ${message}`)).toEqual([
      '3 gone.md leads to nothing',
      '3 other.md#three: other.md has no heading #three',
      '3 ../x.md leads out of the repository',
      '3 /etc/x begins at the root of a machine: write it relative to this file',
      '8 missing.md leads to nothing',
      '4 `npm run nothing` is no script of package.json',
    ]);
  });
});

describe('readMarkdown', () => {
  it('reads fences with their info words and lines, and the anchors of headings that repeat', () => {
    const { blocks, anchors } = readMarkdown('# A\n\n```sh run needs=x\necho 1\n```\n~~~~\n```\n~~~~\n# A\n');
    expect(blocks).toEqual([
      { info: ['sh', 'run', 'needs=x'], text: 'echo 1', line: 3 },
      { info: [], text: '```', line: 6 },
    ]);
    expect([...anchors]).toEqual(['a', 'a-1']);
  });
});

describe('findPlaces', () => {
  const home = ['', 'home', 'ann', 'x'].join('/');
  const scratch = ['', 'tmp', 'torch'].join('/');
  it.each([`cd ${home}`, `"${scratch}"`, `--out=${scratch}`, `(${home})`, ['C:', 'Users', 'ann'].join('\\')])('finds one in %s', (line) => {
    expect(findPlaces('a.ts', `x\n${line}\n`)).toMatchObject([{ file: 'a.ts', line: 2 }]);
  });

  it.each([`src${home}`, `https://example.com${home}`, `..${home}`, '/usr/bin/env', '/v1/recommend', `\${root}${home}`, 'work/home'])(
    'finds none in %s',
    (line) => {
      expect(findPlaces('a.ts', line)).toEqual([]);
    },
  );

  it('finds a registry in a lock file only', () => {
    const line = '"resolved": "https://registry.example/x.tgz"';
    expect(findPlaces('package-lock.json', line)).toHaveLength(1);
    expect(findPlaces('a.json', line)).toEqual([]);
  });
});

describe('runBlocks', () => {
  const run = (text: string, timeoutMs?: number) => runBlocks('a.md', readMarkdown(text).blocks, root, timeoutMs);

  it('runs marked blocks in order, in the repository, and leaves out what lacks its data', async () => {
    const text =
      '```sh run\necho one > "$NISUS_HOME/x"\n```\n```sh\nexit 3\n```\n```sh run needs=data/gone\nexit 4\n```\n```sh run\ngrep one "$NISUS_HOME/x"; ls package.json\n```\n';
    expect(await run(text)).toEqual({ ran: 2, skipped: ['a.md:7: data/gone is not here'], failure: null });
  });

  it('stops at the first block that fails, within a pipe too', async () => {
    expect(await run('```sh run\nfalse | cat\n```\n```sh run\ntouch after\n```\n')).toEqual({
      ran: 1,
      skipped: [],
      failure: 'a.md:1: ended with 1',
    });
  });

  it('stops a block that takes too long', async () => {
    expect(await run('```sh run\nsleep 60 | cat\n```\n', 200)).toMatchObject({ failure: 'a.md:1: took longer than 0.2 s' });
  });

  it('keeps a server for the blocks after it and stops it in the end', async () => {
    const server = `node -e 'const s=require("http").createServer((q,r)=>r.end("hello")).listen(0,()=>{require("fs").writeFileSync("port",String(s.address().port));console.log("listening on http://localhost")});process.on("SIGINT",()=>{require("fs").writeFileSync("stopped","");process.exit()})'`;
    const client = `node -e 'fetch("http://localhost:"+require("fs").readFileSync("port")).then(r=>r.text()).then(t=>process.exit(t==="hello"?0:1))'`;
    expect(await run(`\`\`\`sh run server\n${server}\n\`\`\`\n\`\`\`sh run\n${client}\ntest ! -e stopped\n\`\`\`\n`)).toMatchObject({
      ran: 2,
      failure: null,
    });
    expect(existsSync(path.join(root, 'stopped'))).toBe(true);
  });

  it('does not take a server that ends at once for one that runs', async () => {
    expect(await run('```sh run server\ntrue\n```\n')).toMatchObject({ failure: 'a.md:1: ended before it said that it listens' });
  });
});
