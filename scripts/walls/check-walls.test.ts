import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWalls } from './check-walls.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'walls-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
}

const told = () => checkWalls(root).breaches.map(({ file, line, message }) => `${file}:${line}: ${message}`);

describe('checkWalls', () => {
  it('lets a house stand that keeps its walls', () => {
    write({
      'src/base/clock.ts': 'export interface Clock { nowMs(): number }\n',
      'src/learn/models/model.ts':
        "import type { Clock } from '../../base/clock.ts';\nexport const model = (clock: Clock) => clock.nowMs();\n",
      'src/data/events/log.ts': "import { readFileSync } from 'node:fs';\nexport const log = (file: string) => readFileSync(file);\n",
      'src/app/cli/main.ts':
        "import { model } from '../../learn/models/model.ts';\nimport { log } from '../../data/events/log.ts';\nmodel({ nowMs: () => new Date().getTime() });\nlog('x');\n",
    });
    expect(checkWalls(root)).toEqual({ fileCount: 4, importCount: 4, breaches: [] });
  });

  it.each([
    ['learn', 'data', "import { x } from '../../data/a/x.ts';\nx;"],
    ['data', 'learn', "import type { x } from '../../learn/a/x.ts';\nexport type Y = typeof x;"],
    ['base', 'learn', "export { x } from '../../learn/a/x.ts';"],
    ['learn', 'app', "export const y = await import('../../app/a/x.ts');"],
    ['measure', 'feed', "export type Y = import('../../feed/a/x.ts').X;"],
    ['data', 'world', "import '../../world/a/x.ts';"],
    ['feed', 'agent', "import { x } from '../../agent/a/x.ts';\nx;"],
    ['venue', 'data', "import { x } from '../../data/a/x.ts';\nx;"],
  ])('tells when %s reaches into %s', (from, to, text) => {
    write({ [`src/${from}/a/y.ts`]: text, [`src/${to}/a/x.ts`]: 'export const x = 1;\nexport type X = number;\n' });
    expect(told()).toEqual([expect.stringContaining(`src/${from}/a/y.ts:1: ${from} may not know ${to}`)]);
  });

  it('holds in tests as well', () => {
    write({ 'src/learn/y.test.ts': "import { x } from '../data/x.ts';\nx;", 'src/data/x.ts': 'export const x = 1;' });
    expect(told()).toEqual([expect.stringContaining('learn may not know data')]);
  });

  it('keeps a private room closed to all but its own wing and tests', () => {
    write({
      'src/world/truth/intent.ts': 'export const intent = 1;',
      'src/world/run.ts': "import { intent } from './truth/intent.ts';\nexport const run = intent;",
      'src/app/run.test.ts': "import { intent } from '../world/truth/intent.ts';\nintent;",
      'src/app/run.ts': "import type { intent } from '../world/truth/intent.ts';\nexport type Y = typeof intent;",
    });
    expect(told()).toEqual([
      expect.stringContaining("src/app/run.ts:1: imports '../world/truth/intent.ts': src/world/truth is open to world"),
    ]);
  });

  it('tells each way around the walls', () => {
    write({
      'src/data/index.ts': "export { x } from './x.ts';",
      'src/data/x.ts': 'export const x = 1;',
      'src/app/a.ts': "import { x } from 'nisus/data';\nimport { x as z } from '../data/index.ts';\nx + z;",
      'src/app/b.ts': "import { readme } from '../../bench/b.ts';\nreadme;",
      'src/learn/c.ts': "export * from './d.ts';",
      'src/learn/d.ts': 'export const at = new Date();\nexport const environment = globalThis.process;\nexport const given = new Date(0);',
      'src/utils/e.ts': 'export const e = 1;',
    });
    expect(told()).toEqual([
      expect.stringContaining("src/app/a.ts:1: imports 'nisus/data'"),
      expect.stringContaining("src/app/a.ts:2: imports '../data/index.ts', the door for outsiders"),
      expect.stringContaining("src/app/b.ts:1: imports '../../bench/b.ts', which stands outside the wings"),
      expect.stringContaining('src/learn/c.ts:1: `export *`'),
      expect.stringContaining('src/learn/d.ts:1: reads the clock'),
      expect.stringContaining('src/learn/d.ts:2: reads the clock'),
      expect.stringContaining('src/utils/e.ts:1: stands in no known wing'),
    ]);
  });

  it('tells a circular import with its whole way, types counted', () => {
    write({
      'src/learn/a.ts': "import { b } from './b.ts';\nexport const a = () => b;",
      'src/learn/b.ts': "import { c } from './c.ts';\nexport const b = () => c;",
      'src/learn/c.ts': "import type { a } from './a.ts';\nexport const c: typeof a | null = null;",
      'src/learn/d.ts': "import { a } from './a.ts';\nimport { c } from './c.ts';\nexport const d = [a, c];",
    });
    expect(told()).toEqual([expect.stringContaining('circular import: src/learn/a.ts → src/learn/b.ts → src/learn/c.ts → src/learn/a.ts')]);
  });

  it('lets operators know each other, but nothing outside know them in a circle', () => {
    const operators = 'src/learn/tensor/operators';
    write({
      [`${operators}/add.ts`]: "import { sum } from './sum.ts';\nexport const add = () => sum;",
      [`${operators}/sum.ts`]: "import { add } from './add.ts';\nexport const sum = () => add;",
    });
    expect(told()).toEqual([]);
    write({
      [`${operators}/sum.ts`]: "import { add } from './add.ts';\nimport { leaf } from '../leaf.ts';\nexport const sum = () => [add, leaf];",
      'src/learn/tensor/leaf.ts': "import { add } from './operators/add.ts';\nexport const leaf = () => add;",
    });
    expect(told()).toEqual([
      expect.stringContaining('circular import: src/learn/tensor/leaf.ts → src/learn/tensor/operators → src/learn/tensor/leaf.ts'),
    ]);
  });

  it('does not pass when it saw nothing, or could not read what it saw', () => {
    write({ 'src/README.md': 'no code' });
    expect(() => checkWalls(root)).toThrow('nothing was checked');
    write({ 'src/learn/a.ts': 'export const = 1;' });
    expect(() => checkWalls(root)).toThrow('src/learn/a.ts does not parse');
  });

  it('ends the command with 1 on a breach and with 0 without', () => {
    const run = () => spawnSync(process.execPath, [path.join(import.meta.dirname, 'main.ts'), root], { encoding: 'utf8' });
    write({ 'src/learn/y.ts': "import { x } from '../data/x.ts';\nexport const y = x;", 'src/data/x.ts': 'export const x = 1;' });
    const broken = run();
    expect([broken.status, broken.stderr.trim()]).toEqual([1, expect.stringContaining('src/learn/y.ts:1: learn may not know data')]);
    write({ 'src/learn/y.ts': 'export const y = 1;' });
    expect(run()).toMatchObject({ status: 0, stdout: 'walls: 2 files, 0 imports, 0 breaches\n' });
  });
});
