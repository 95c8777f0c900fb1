import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../../base/clock.ts';
import { describeCatalog } from '../catalog-suite.fixture.ts';
import { upsertOf } from '../catalog-records.fixture.ts';
import { openCatalog } from './open-catalog.ts';

let folder: string;
let count = 0;
const clock = manualClock(5000);
const freshFile = () => join(folder, `${count++}`, 'catalog.sqlite');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nisus-catalog-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describeCatalog('embedded catalog', (clock) => openCatalog({ file: freshFile(), clock }));

describe('the file', () => {
  it('holds everything over a close, and readers see what is written while they are open', async () => {
    const file = freshFile();
    const writer = await openCatalog({ file, clock });
    await writer.upsert([upsertOf.user('a')]);
    const reader = await openCatalog({ file, clock, readOnly: true });
    expect(await reader.version()).toBe(1);
    await writer.upsert([upsertOf.user('b')]);
    expect((await reader.changesSince(1, 10)).map(({ key }) => key)).toEqual(['b']);
    await expect(reader.upsert([upsertOf.user('c')])).rejects.toMatchObject({ code: 'CATALOG_READ_ONLY' });
    await writer.dropHistory(1);
    await writer.close();
    await reader.close();
    const again = await openCatalog({ file, clock });
    expect(await again.statistics()).toMatchObject({ version: 2, users: 2, oldestVersion: 1 });
    await again.close();
  });

  it('goes on from the latest version when two write it', async () => {
    const file = freshFile();
    const [one, two] = [await openCatalog({ file, clock }), await openCatalog({ file, clock })];
    const results = [];
    for (const [at, catalog] of [one, two, two, one].entries()) results.push(...(await catalog.upsert([upsertOf.user(`u${at}`)])));
    expect(results).toEqual([1, 2, 3, 4].map((version) => ({ outcome: 'created', version })));
    await Promise.all([one.close(), two.close()]);
  });

  it('refuses a file that is missing, foreign or of another format, and says so', async () => {
    const missing = freshFile();
    await expect(openCatalog({ file: missing, clock, readOnly: true })).rejects.toThrow(/no such file/);
    const text = join(folder, 'notes.txt');
    await writeFile(text, 'This is not a database at all, but a text of more than sixteen bytes.');
    await expect(openCatalog({ file: text, clock })).rejects.toMatchObject({ code: 'CATALOG_OPEN' });
    const foreign = join(folder, 'foreign.sqlite');
    new Database(foreign).exec('create table t (x)').close();
    await expect(openCatalog({ file: foreign, clock })).rejects.toThrow(/not a catalog/);
    const newer = freshFile();
    await (await openCatalog({ file: newer, clock })).close();
    const raw = new Database(newer);
    raw.pragma('user_version = 99');
    raw.close();
    await expect(openCatalog({ file: newer, clock })).rejects.toThrow(/format 99/);
  });

  it('makes its tables where a killed process left an empty file', async () => {
    const file = join(folder, 'empty.sqlite');
    const raw = new Database(file);
    raw.pragma('journal_mode = wal');
    raw.close();
    await expect(openCatalog({ file, clock, readOnly: true })).rejects.toThrow(/not a catalog/);
    const catalog = await openCatalog({ file, clock });
    expect(await catalog.version()).toBe(0);
    await catalog.close();
  });
});

describe('a writer killed with SIGKILL', () => {
  it('leaves every acknowledged batch, and of the one under way all or nothing', async () => {
    const file = freshFile();
    const batchRecords = 300;
    for (const round of [0, 1, 2]) {
      const acknowledged = await writeAndDie(file, batchRecords, round);
      const catalog = await openCatalog({ file, clock });
      const { version, users } = await catalog.statistics();
      expect(version % batchRecords).toBe(0);
      expect(users).toBe(batchRecords);
      expect(version).toBeGreaterThanOrEqual(acknowledged);
      const records = await catalog.list('user', { limit: batchRecords });
      expect(new Set(records.map(({ record }) => record.createdMs)).size).toBe(1);
      await catalog.close();
    }
  });
});

/** Writes all users again and again, each batch under one time, and is killed a few batches on. Returns the last version acknowledged. */
async function writeAndDie(file: string, batchRecords: number, round: number): Promise<number> {
  const url = (path: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, path)).href);
  const script = `
    import { openCatalog } from ${url('open-catalog.ts')};
    import { upsertOf } from ${url('../catalog-records.fixture.ts')};
    const catalog = await openCatalog({ file: ${JSON.stringify(file)}, clock: { nowMs: () => 0, monotonicMs: () => 0 } });
    for (let batch = 0; ; batch++) {
      const createdMs = ${round} * 1e6 + batch;
      const results = await catalog.upsert(Array.from({ length: ${batchRecords} }, (_, at) => upsertOf.user('u' + at, { createdMs })));
      process.stdout.write(results.at(-1).version + '\\n');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.once('exit', done));
  let last = 0;
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (++lines === 3 + round * 4) child.kill('SIGKILL');
  }
  await ended;
  return last;
}
