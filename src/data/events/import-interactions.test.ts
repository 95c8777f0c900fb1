import { DuckDBInstance } from '@duckdb/node-api';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { importInteractions, type ImportProgress } from './import-interactions.ts';
import type { ImportOptions } from './import-options.ts';
import { openDataset } from './open-dataset.ts';
import { RAW_CHARACTERS_MAX } from './reject-log.ts';

const context = { clock: manualClock(), logger: silentLogger };
let folder: string;
let destination: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nisus-import-'));
  destination = join(folder, 'dataset');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function importText(name: string, content: string | Uint8Array, options: Partial<ImportOptions> = {}) {
  return importInteractions(await put(name, content), { destination, ...options }, context);
}

/** The open data set as rows: user, item, time. */
async function rows(): Promise<(string | number | null)[][]> {
  const { userCount, userIds, itemIds, offsets, items, timesMs } = await openDataset(destination, { verify: true });
  const all: (string | number | null)[][] = [];
  for (let user = 0; user < userCount; user++) {
    for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
      all.push([userIds[user]!, itemIds[items[at]!]!, timesMs?.[at] ?? null]);
    }
  }
  return all;
}

async function rejects(): Promise<{ line: number; reason: string; detail: string; raw: string }[]> {
  const text = await readFile(join(destination, 'rejects.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as never);
}

async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  return promise.then(
    () => expect.fail('expected an error'),
    (error: unknown) => error as { code: string; message: string },
  );
}

describe('bad rows', () => {
  const lines: (string | Buffer)[] = [
    'user,item,time,rating', // 1
    'a,x,100,5', // 2
    'a,x,100', // 3 column-count
    ',x,100,5', // 4 missing-user
    'a, ,100,5', // 5 missing-item
    '', // 6 nothing
    'a,NULL,100,5', // 7 missing-item
    'a,x,,5', // 8 missing-time
    'a,x,soon,5', // 9 unreadable-time
    'NaN,x,100,5', // 10 not-a-number
    'a,x,nan,5', // 11 not-a-number
    'a,x,101,NaN', // 12 not-a-number
    'a,x,101,many', // 13 unreadable-value
    Buffer.from([0x61, 0xff, 0x2c, 0x78, 0x2c, 0x31, 0x2c, 0x31]), // 14 invalid-encoding
    '"b,x,100,5', // 15 broken-quotes
    'b,y,100,5,6', // 16 column-count
    '"b', // 17 a good record over two lines
    '2",y,102,', // 18
    'a,x,100,4', // 19 duplicate of 2
    `c,${'z'.repeat(3000)},1,1`, // 20 line-too-long
    'c,z,2024-05-06T07:08:09Z,1', // 21
  ];
  const bytes = Buffer.concat(lines.flatMap((line) => [Buffer.from(line as string), Buffer.from('\r\n')]));
  const expected = [
    [3, 'column-count', 'a,x,100'],
    [4, 'missing-user', ',x,100,5'],
    [5, 'missing-item', 'a, ,100,5'],
    [7, 'missing-item', 'a,NULL,100,5'],
    [8, 'missing-time', 'a,x,,5'],
    [9, 'unreadable-time', 'a,x,soon,5'],
    [10, 'not-a-number', 'NaN,x,100,5'],
    [11, 'not-a-number', 'a,x,nan,5'],
    [12, 'not-a-number', 'a,x,101,NaN'],
    [13, 'unreadable-value', 'a,x,101,many'],
    [14, 'invalid-encoding', 'a\ufffd,x,1,1'],
    [15, 'broken-quotes', '"b,x,100,5'],
    [16, 'column-count', 'b,y,100,5,6'],
    [20, 'line-too-long', `c,${'z'.repeat(RAW_CHARACTERS_MAX - 2)}…`],
    [19, 'duplicate', 'a,x,100,4'],
  ];
  const good = [
    ['a', 'x', 100_000],
    ['b\r\n2', 'y', 102_000],
    ['c', 'z', Date.UTC(2024, 4, 6, 7, 8, 9)],
  ];

  it.each(['bad.csv', 'bad.csv.gz'])('are set aside with line, reason and text (%s)', async (name) => {
    const content = name.endsWith('.gz') ? gzipSync(bytes) : bytes;
    const report = await importText(name, content, { maximumRecordBytes: 2000 });
    expect((await rejects()).map(({ line, reason, raw }) => [line, reason, raw])).toEqual(expected);
    expect(await rows()).toEqual(good);
    const { rejects: counted, rowsRead } = report.manifest.source!;
    expect(counted).toMatchObject({ total: 15, written: 15 });
    expect(counted.byReason).toMatchObject({ 'column-count': 2, 'missing-item': 2, 'not-a-number': 3, duplicate: 1 });
    expect(rowsRead).toBe(18);
    expect(report.rejectsFile).toBe(join(destination, 'rejects.jsonl'));
  });

  it('leave the very data set of the good rows alone', async () => {
    const withBad = await importText('bad.csv', bytes, { maximumRecordBytes: 2000 });
    const text = `user,item,time,rating\na,x,100,5\n"b\r\n2",y,102,\nc,z,2024-05-06T07:08:09Z,1\n`;
    const alone = await importText('good.csv', text);
    expect(alone.manifest.fingerprint).toBe(withBad.manifest.fingerprint);
    expect(alone.rejectsFile).toBeNull();
    expect((await readdir(destination)).filter((name) => name.startsWith('rejects'))).toEqual([]);
  });

  it('are all counted but written only up to the limit', async () => {
    const text = `user,item,time\na,x,1\n${',x,1\n'.repeat(5)}${'a,x,1\n'.repeat(4)}`;
    const few = await importText('limit.csv', text, { rejectLimit: 6 });
    expect(few.manifest.source!.rejects).toEqual({ total: 9, written: 6, byReason: { 'missing-user': 5, duplicate: 4 } });
    expect((await rejects()).map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8]);
    const none = await importText('limit.csv', text, { rejectLimit: 0 });
    expect(none.manifest.source!.rejects).toMatchObject({ total: 9, written: 0 });
    expect(none.rejectsFile).toBeNull();
  });

  it('stop a strict import at the first, which leaves the old data set as it was', async () => {
    const before = (await importText('good.csv', 'user,item,time\na,x,1\n')).manifest.fingerprint;
    const first = await failure(importText('strict.csv', 'user,item,time\na,x,1\n\na,,2\nb,x,?\n', { strict: true }));
    expect(first.code).toBe('IMPORT_ROW_REJECTED');
    expect(first.message).toMatch(/strict\.csv, line 4: missing-item \(no item id\): a,,2/);
    const twice = await failure(importText('strict.csv', 'user,item,time\na,x,1\na,x,1\n', { strict: true }));
    expect(twice.message).toMatch(/strict\.csv, line 3: duplicate/);
    expect((await openDataset(destination)).fingerprint).toBe(before);
    expect((await readdir(destination)).filter((name) => name.startsWith('data-'))).toHaveLength(1);
  });

  it('in JSON lines are told the same way', async () => {
    const text = [
      '{"user":"a","item":1,"ts":1700000000}', // 1
      '{"user":"a","item":1', // 2 invalid-json
      '[1]', // 3 invalid-json
      '{"user":"","item":1,"ts":1700000000}', // 4
      '{"user":"a","item":null,"ts":1700000000}', // 5
      '{"user":"a","item":2}', // 6
      '{"user":"a","item":2,"ts":"then"}', // 7
      '', // 8
      '{"user":9007199254740993,"item":2,"ts":"2024-01-01"}', // 9: every digit kept
      '{"user":"a","item":"1","ts":1700000000.0}', // 10 duplicate
      '{"user":"a","item":"NaN","ts":1700000000}', // 11
    ].join('\n');
    await importText('bad.jsonl.gz', gzipSync(text));
    expect((await rejects()).map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'invalid-json'],
      [3, 'invalid-json'],
      [4, 'missing-user'],
      [5, 'missing-item'],
      [6, 'missing-time'],
      [7, 'unreadable-time'],
      [11, 'not-a-number'],
      [10, 'duplicate'],
    ]);
    expect((await rejects()).at(-1)?.raw).toBe('{"user":"a","item":"1","ts":1700000000.0}');
    expect(await rows()).toEqual([
      ['a', '1', 1_700_000_000_000],
      ['9007199254740993', '2', Date.UTC(2024, 0, 1)],
    ]);
  });
});

describe('formats', () => {
  it('MovieLens 1M as published, titles beside it in latin-1', async () => {
    const inside = join(folder, 'ml-1m-original');
    await mkdir(inside);
    await writeFile(join(inside, 'ratings.dat'), '1::1193::5::978300760\n1::661::3::978302109\n2::661::4::978299000\n');
    await writeFile(join(inside, 'movies.dat'), Buffer.from('661::Les Misérables (1995)::Drama\n', 'latin1'));
    const { manifest } = await importInteractions(inside, { destination }, context);
    expect(manifest).toMatchObject({ name: 'ml-1m-original', source: { format: 'movielens-1m', timeUnit: 'seconds' } });
    expect(await rows()).toEqual([
      ['1', '1193', 978_300_760_000],
      ['1', '661', 978_302_109_000],
      ['2', '661', 978_299_000_000],
    ]);
    expect((await openDataset(destination)).itemTitles).toEqual([null, 'Les Misérables (1995)']);
  });

  it('CSV with other names, other delimiters, no header, mapped columns', async () => {
    await importText('semicolon.csv', 'when;Customer-ID;SKU\n1700000000000;u;i\n');
    expect(await rows()).toEqual([['u', 'i', null]]);
    await importText('semicolon.csv', 'when;Customer-ID;SKU\n1700000000000;u;i\n', { columns: { time: 'when' } });
    expect(await rows()).toEqual([['u', 'i', 1_700_000_000_000]]);
    const mapped = { header: false, columns: { user: 3, item: 2, time: 1 }, timeUnit: 'seconds' } as const;
    await importText('bare.csv', '5,i,u\n4,j,u\n', mapped);
    expect(await rows()).toEqual([
      ['u', 'j', 4000],
      ['u', 'i', 5000],
    ]);
  });

  it('TSV with microseconds, latin-1 ids when told', async () => {
    const text = Buffer.from('user\titem\ttime\nJosé\ti\t1700000000000500\n', 'latin1');
    const { manifest } = await importText('latin.tsv', text, { encoding: 'latin-1' });
    expect(manifest.source?.timeUnit).toBe('microseconds');
    expect(await rows()).toEqual([['José', 'i', 1_700_000_000_000.5]]);
  });

  it('a position orders without giving times', async () => {
    const { manifest } = await importText('position.csv', 'user_id,item_id,position\nu,b,1\nu,a,0\nu,b,1\nu,c,x\n');
    expect(manifest.order).toBe('position');
    expect(await rows()).toEqual([
      ['u', 'a', null],
      ['u', 'b', null],
    ]);
    expect((await rejects()).map(({ line, reason }) => [line, reason])).toEqual([
      [5, 'unreadable-position'],
      [4, 'duplicate'],
    ]);
  });

  it('sequences, a user a line; repeated items are no duplicates', async () => {
    const { manifest } = await importText('sequences.txt', 'u1 a b a\n\nu2  c\nu3\n');
    expect(manifest).toMatchObject({ order: 'file', source: { format: 'ordered-sequences', rowsRead: 5 } });
    expect(await rows()).toEqual([
      ['u1', 'a', null],
      ['u1', 'b', null],
      ['u1', 'a', null],
      ['u2', 'c', null],
    ]);
    expect(await rejects()).toEqual([{ line: 4, reason: 'missing-item', detail: 'a user without items', raw: 'u3' }]);
  });

  it('Parquet: time stamps, numbers, bad rows by row number', async () => {
    const path = join(folder, "it's.parquet");
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`COPY (SELECT * FROM (VALUES
      (1, 'x', TIMESTAMP '2024-05-06 07:08:09.123', 1.0), (NULL, 'x', TIMESTAMP '2024-05-06 07:08:09', 1.0),
      (1, 'y', NULL, 1.0), (1, 'y', TIMESTAMP '2023-01-01 00:00:00', 'NaN'::DOUBLE),
      (1, 'x', TIMESTAMP '2024-05-06 07:08:09.123', 2.0), (2, 'z', TIMESTAMP '2023-01-01 00:00:00', 3.0)
    ) AS t(user_id, item_id, ts, rating)) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    const { manifest } = await importInteractions(path, { destination }, context);
    expect(manifest.source?.columns).toEqual({ user: 'user_id', item: 'item_id', time: 'ts', value: 'rating' });
    expect(await rows()).toEqual([
      ['1', 'x', Date.UTC(2024, 4, 6, 7, 8, 9, 123)],
      ['2', 'z', Date.UTC(2023, 0, 1)],
    ]);
    expect((await rejects()).map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'missing-user'],
      [3, 'missing-time'],
      [4, 'not-a-number'],
      [5, 'duplicate'],
    ]);
    expect((await rejects())[0]?.raw).toContain('"user_id":null');
  });
});

describe('filters', () => {
  const text = 'user,item,time,event,rating\nu,a,1,view,5\nu,a,1,buy,1\nu,b,2,view,4\nv,a,3,view,5\nw,c,4,view,2\nu,a,5,view,3\n';

  it('keep chosen events and values; one moment with two events is no duplicate', async () => {
    const all = await importText('filter.csv', text);
    expect(all.manifest.source).toMatchObject({ rowsRead: 6, rejects: { total: 0 } });
    const views = await importText('filter.csv', text, { events: ['view'], minimumValue: 3 });
    expect(views.manifest.source?.filtered).toEqual({ event: 1, value: 1, core: 0 });
    expect((await rows()).map(([user, item]) => `${user}${item}`)).toEqual(['ua', 'ub', 'ua', 'va']);
  });

  it('drop users and items with too few rows, again and again', async () => {
    const { manifest } = await importText('filter.csv', text, { minimumUserInteractions: 2, minimumItemInteractions: 2 });
    expect(manifest.source?.filtered.core).toBe(3);
    expect((await rows()).map(([user, item]) => `${user}${item}`)).toEqual(['ua', 'ua', 'ua']);
  });

  it('need their column', async () => {
    const bare = 'user,item,time\nu,a,1\n';
    expect((await failure(importText('bare.csv', bare, { events: ['buy'] }))).code).toBe('IMPORT_COLUMN_MISSING');
    expect((await failure(importText('bare.csv', bare, { minimumValue: 3 }))).code).toBe('IMPORT_COLUMN_MISSING');
  });
});

describe('round trip', () => {
  const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }).filter((text) => !/^(?:nan|null|none|\\n)$/i.test(text));
  const row = fc.tuple(id, id, fc.integer({ min: 0, max: 4e9 }));
  const all = fc.uniqueArray(row, { selector: (value) => JSON.stringify(value), minLength: 1, maxLength: 40 });

  it('gives exactly the rows, by user of first appearance, time and place', async () => {
    await fc.assert(
      fc.asyncProperty(all, fc.boolean(), async (written, compressed) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = written.map(([user, item, seconds]) => `${quote(user)},${quote(item)},${seconds}`);
        const text = ['user,item,time', ...lines].join('\n');
        await importText('any.csv', compressed ? gzipSync(text) : text, { timeUnit: 'seconds', strict: true });
        const users = [...new Set(written.map(([user]) => user))];
        const expected = users.flatMap((user) => written.filter((entry) => entry[0] === user).toSorted((a, b) => a[2] - b[2]));
        expect(await rows()).toEqual(expected.map(([user, item, seconds]) => [user, item, seconds * 1000]));
      }),
      { numRuns: 40 },
    );
  });
});

describe('what cannot be imported', () => {
  const csv = 'user,item,time\na,x,1\n';
  it.each<[string, string, string | Uint8Array, Partial<ImportOptions>, RegExp]>([
    ['IMPORT_SOURCE_EMPTY', 'empty.csv', '', {}, /empty\.csv has no interactions: found 0 bytes/],
    ['IMPORT_SOURCE_EMPTY', 'blank.csv', '\n\n', {}, /without a row/],
    ['IMPORT_SOURCE_EMPTY', 'header.csv', 'user,item,time\n', {}, /a header without rows/],
    ['IMPORT_SOURCE_EMPTY', 'empty.csv.gz', gzipSync(''), {}, /0 bytes/],
    ['IMPORT_COLUMN_MISSING', 'names.csv', 'who,item\na,b\n', {}, /no user column: expected one of userid.*found who, item/],
    ['IMPORT_COLUMN_MISSING', 'names.csv', csv, { columns: { item: 'thing' } }, /expected "thing", found user, item, time/],
    ['IMPORT_COLUMN_MISSING', 'names.csv', csv, { columns: { item: 9 } }, /expected column 9/],
    ['IMPORT_FORMAT_UNKNOWN', 'picture.png', Buffer.from([0x89, 0x50]), {}, /extension "\.png".*Supported: MovieLens 100K/],
    ['IMPORT_FILE_UNREADABLE', 'wide.csv', Buffer.from(`\ufeff${csv}`, 'utf16le'), {}, /UTF-16/],
    ['IMPORT_FILE_UNREADABLE', 'broken.parquet', 'PAR1 and then nothing', {}, /a whole Parquet file/],
    ['IMPORT_FILE_UNREADABLE', 'text.jsonl', 'user,item\n', {}, /no JSON object/],
    ['IMPORT_NOTHING_KEPT', 'none.csv', 'user,item,time\n,x,1\na,x,?\n', {}, /None of the 2 rows.*missing-user 1, unreadable-time 1/],
    ['IMPORT_OPTION_INVALID', 'good.csv', csv, { format: 'xml' }, /format is "xml"; expected one of movielens-100k/],
    ['IMPORT_OPTION_INVALID', 'good.csv', csv, { rejectLimit: -1 }, /rejectLimit/],
    ['IMPORT_OPTION_INVALID', 'good.csv', csv, { delimiter: 'abc' }, /one or two bytes/],
    ['IMPORT_OPTION_INVALID', 'good.csv', csv, { columns: { user: 'item', item: 'item' } }, /same column/],
    ['IMPORT_SOURCE_MISSING', 'good.csv', csv, { titles: '/nowhere/items.csv' }, /nowhere/],
  ])('%s: %s', async (code, name, content, options, message) => {
    const error = await failure(importText(name, content, options));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('a missing file, and a folder without anything to import', async () => {
    const missing = await failure(importInteractions(join(folder, 'no.csv'), { destination }, context));
    expect(missing.code).toBe('IMPORT_SOURCE_MISSING');
    const bare = join(folder, 'bare');
    await mkdir(bare);
    await writeFile(join(bare, 'notes.md'), 'x');
    const unknown = await failure(importInteractions(bare, { destination }, context));
    expect(unknown).toMatchObject({ code: 'IMPORT_FORMAT_UNKNOWN', message: expect.stringContaining('notes.md') as string });
  });

  it('a gzip file cut off anywhere, or damaged, leaving the old data set', async () => {
    const before = (await importText('good.csv', csv)).manifest.fingerprint;
    const lines = Array.from({ length: 20_000 }, (_, row) => `u${(row * 7919) % 997},i${(row * 104729) % 1009},${row}`);
    const whole = gzipSync(`user,item,time\n${lines.join('\n')}\n`);
    for (const length of [30, 5000, whole.length - 9, whole.length - 1]) {
      const error = await failure(importText('cut.csv.gz', whole.subarray(0, length)));
      expect(error.code).toBe('IMPORT_COMPRESSED_UNREADABLE');
    }
    const damaged = Buffer.from(whole);
    damaged[70_000] = damaged[70_000]! ^ 0xff;
    expect((await failure(importText('damaged.csv.gz', damaged))).code).toBe('IMPORT_COMPRESSED_UNREADABLE');
    expect((await openDataset(destination)).fingerprint).toBe(before);
  });

  it('a destination whose manifest belongs to something else is left alone', async () => {
    const other = join(folder, 'checkpoint');
    await mkdir(other);
    await writeFile(join(other, 'manifest.json'), '{"kind":"nisus-checkpoint"}');
    const error = await failure(importText('good.csv', csv, { destination: other }));
    expect(error.code).toBe('DATASET_DESTINATION');
    expect(await readdir(other)).toEqual(['manifest.json']);
  });
});

describe('progress and stopping', () => {
  it('tells stages and bytes, and a signal stops without harm', async () => {
    const before = (await importText('good.csv', 'user,item,time\na,x,1\n')).manifest.fingerprint;
    const text = `user,item,time\n${Array.from({ length: 50_000 }, (_, row) => `user-${row % 100},item-${row % 77},${row}`).join('\n')}\n`;
    const path = await put('long.csv', text);
    const seen: ImportProgress[] = [];
    const controller = new AbortController();
    const stopped = importInteractions(
      path,
      { destination },
      {
        ...context,
        signal: controller.signal,
        onProgress: (progress) => {
          seen.push(progress);
          if (progress.stage === 'arranging') controller.abort(new Error('enough'));
        },
      },
    );
    await expect(stopped).rejects.toThrow('enough');
    expect(seen[0]).toMatchObject({ stage: 'reading', bytesTotal: text.length });
    expect(seen.at(-1)).toMatchObject({ stage: 'arranging', rowsRead: 50_000, bytesRead: text.length });
    expect((await openDataset(destination)).fingerprint).toBe(before);
  });
});
