import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { importInteractions, type ImportProgress } from './import-interactions.ts';
import { createImportPlace, failure } from './import-place.fixture.ts';
import { openDataset } from './open-dataset.ts';
import { RAW_CHARACTERS_MAX } from './reject-log.ts';

const context = { clock: manualClock(), logger: silentLogger };
const place = await createImportPlace(context);
const { destination, put, importText, rows, rejects } = place;
afterAll(() => place.remove());

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
