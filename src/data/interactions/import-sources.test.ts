import { DuckDBInstance } from '@duckdb/node-api';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { importInteractions } from './import-interactions.ts';
import type { ImportOptions } from './import-options.ts';
import { createImportPlace, failure } from './import-place.fixture.ts';
import { openDataset } from './open-dataset.ts';

const context = { clock: manualClock(), logger: silentLogger };
const place = await createImportPlace(context);
const { folder, destination, importText, rows, rejects } = place;
afterAll(() => place.remove());

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

describe('what cannot be imported', () => {
  const csv = 'user,item,time\na,x,1\n';
  it.each<[string, string, string | Uint8Array, Partial<ImportOptions>, RegExp]>([
    ['IMPORT_SOURCE_EMPTY', 'empty.csv', '', {}, /empty\.csv has no interactions: found 0 bytes/],
    ['IMPORT_SOURCE_EMPTY', 'blank.csv', '\n\n', {}, /without a row/],
    ['IMPORT_SOURCE_EMPTY', 'header.csv', 'user,item,time\n', {}, /a header without rows/],
    ['IMPORT_SOURCE_EMPTY', 'empty.csv.gz', gzipSync(''), {}, /0 bytes/],
    [
      'IMPORT_COLUMN_MISSING',
      'names.csv',
      'who,item\na,b\n',
      {},
      /no user column: expected one of user_id, user, uid.*found who, item.*--no-header/,
    ],
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

  it('an empty folder, and one with two data files: it says so, and nothing of formats', async () => {
    const nothing = join(folder, 'nothing');
    await mkdir(nothing);
    const empty = await failure(importInteractions(nothing, { destination }, context));
    expect(empty.code).toBe('IMPORT_SOURCE_EMPTY');
    expect(empty.message).toMatch(/nothing has no interactions: found a folder without files/);
    for (const name of ['a.csv', 'b.jsonl', 'notes.md']) await writeFile(join(nothing, name), csv);
    const two = await failure(importInteractions(nothing, { destination }, context));
    expect(two.code).toBe('IMPORT_SOURCE_AMBIGUOUS');
    expect(two.message).toMatch(/several data files: a\.csv, b\.jsonl\. Name the one/);
  });

  it.each([
    ['a header', 'h.csv', '\u001b[2Juser\u0007,\u009bitem\n1,2\n', {}],
    ['a header, and a mapped column', 'h.csv', 'user,\u001b]0;x\u0007\n1,2\n', { columns: { item: 'thing' } }],
    ['a row, strictly', 'r.csv', 'user,item,time\n\u001b[31m,,1\n', { strict: true }],
    ['a key of JSON', 'k.jsonl', '{"user\\u001b[2J":1}\n', {}],
  ] as const)('control characters of %s do not reach the message', async (_, name, content, options) => {
    const { code, message } = await failure(importText(name, content, options));
    expect(code).toMatch(/^IMPORT_(?:COLUMN_MISSING|ROW_REJECTED)$/);
    expect(message).not.toMatch(/\p{Cc}/u);
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
