import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../base/logger.ts';
import type { EventLog } from '../event-log.ts';
import { eventsOf } from '../event-log-suite.fixture.ts';
import { createMemoryEventLog } from '../memory-event-log.ts';
import { parseEvents } from '../parse-events.ts';
import { importEvents } from './import-events.ts';
import type { EventImportOptions } from './event-import-options.ts';

let folder: string;
let log: EventLog;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nisus-import-events-'));
  log = createMemoryEventLog({ latenessMsMax: Number.MAX_SAFE_INTEGER });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const context = { logger: silentLogger };
const importText = async (name: string, text: string, options: EventImportOptions = {}) => {
  const path = join(folder, name);
  await writeFile(path, text);
  return importEvents(path, options, log, context);
};
const stored = async () => (await eventsOf(log.read(0))).events;
const short = async () =>
  (await stored()).map(({ id, userId, subject, action, value, timeMs }) => [id.split(':')[0], userId, subject?.id, action, value, timeMs]);

describe('importEvents', () => {
  it('makes each row an event, in order of time, with its value and what its kind means', async () => {
    const text =
      'user,item,timestamp,event,value\nu1,a,1600000002,view,\nu2,b,1600000001,cart,300\nu1,c,1600000002,buy,20\nu1,a,1600000003,share,4.5\n';
    expect(await importText('shop.csv', text)).toEqual({
      name: 'shop', format: 'csv', rowsRead: 4, rejectedRows: {}, filteredRows: 0, events: 4, accepted: 4, duplicates: 0, tooLate: 0,
      inFuture: 0, order: 'time',
    }); // prettier-ignore
    expect(await short()).toEqual([
      ['shop', 'u2', 'b', 'order-placed', 300, 1_600_000_001_000],
      ['shop', 'u1', 'a', 'click', null, 1_600_000_002_000],
      ['shop', 'u1', 'c', 'trade-filled', 20, 1_600_000_002_000],
      ['shop', 'u1', 'a', 'share', 4.5, 1_600_000_003_000],
    ]);
    const events = await stored();
    expect(events.every((event) => event.receivedTimeMs === event.timeMs)).toBe(true);
    expect(parseEvents(events, 0).rejected).toEqual([]);
  });

  it('changes nothing when the same is imported again, and adds what is new', async () => {
    const rows = 'user,item,timestamp\nu1,a,1600000002\nu1,b,1600000003\n';
    await importText('x.csv', rows);
    const before = await stored();
    expect(await importText('x.csv', rows)).toMatchObject({ events: 2, accepted: 0, duplicates: 2 });
    expect(await stored()).toEqual(before);
    expect(await importText('x.csv', `${rows}u2,a,1600000009\n`)).toMatchObject({ accepted: 1, duplicates: 2 });
  });

  it('knows a row by what it says, not by where it stands', async () => {
    const header = 'user,item,timestamp\n';
    const [first, second, third] = ['u1,a,1600000002\n', 'u1,b,1600000003\n', 'u2,a,1600000004\n'];
    await importText('day.csv', header + first + second);
    // A row above, and another order.
    expect(await importText('day.csv', header + third + second + first)).toMatchObject({ accepted: 1, duplicates: 2 });
    // Another file of the same name, all of whose rows are others.
    expect(await importText('day.csv', `${header}u3,c,1600000002\nu4,d,1600000003\n`)).toMatchObject({ accepted: 2, duplicates: 0 });
    expect(new Set((await stored()).map(({ id }) => id)).size).toBe(5);
    expect((await stored()).every(({ id }) => /^day:[0-9a-f]{24}$/.test(id))).toBe(true);
  });

  it('sets rows aside that have not happened yet, so that a log does not wait for them', async () => {
    const nowMs = 1_600_000_000_000;
    const path = join(folder, 'far.csv');
    await writeFile(path, 'user,item,timestamp\nu1,a,1600000000\nu2,b,4000000000\nu3,c,1600000300\nu4,d,1600000301\n');
    const report = await importEvents(path, {}, log, { ...context, nowMs });
    expect(report).toMatchObject({ accepted: 2, rejectedRows: { 'future-time': 2 } });
    expect((await log.statistics()).lastTimeMs).toBe(1_600_000_300_000);
    // Positions are no times.
    const positions = join(folder, 'p.csv');
    await writeFile(positions, 'user,item,position\nu1,a,1600000900\n');
    expect(await importEvents(positions, {}, log, { ...context, nowMs })).toMatchObject({ accepted: 1 });
  });

  it('sets bad rows aside, and those that can be no event, and keeps the others', async () => {
    const rejectsFile = join(folder, 'rejects.jsonl');
    const text = [
      'user,item,timestamp,event,value',
      'u1,a,1600000001,view,1',
      'u1,a,1600000001,view,1',
      ',a,1600000001,view,1',
      'u1,b,sometime,view,1',
      `u1,${'x'.repeat(129)},1600000001,view,1`,
      'u\u00012,a,1600000001,view,1',
      'u1,c,1600000001,cart,1.5',
      'u1,d,1600000002,view,2',
    ].join('\n');
    const report = await importText('bad.csv', text, { rejectsFile });
    expect(report).toMatchObject({ rowsRead: 8, events: 2, accepted: 2 });
    expect(report.rejectedRows).toEqual({
      duplicate: 1, 'missing-user': 1, 'unreadable-time': 1, 'id-too-long': 1, 'invalid-encoding': 1, 'unreadable-value': 1,
    }); // prettier-ignore
    const written = (await readFile(rejectsFile, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as { line: number; reason: string; raw: string }); // prettier-ignore
    expect(written.map(({ line }) => line).toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(written.find(({ line }) => line === 8)).toMatchObject({ reason: 'unreadable-value', raw: 'u1,c,1600000001,cart,1.5' });
    await expect(importText('bad.csv', text, { strict: true })).rejects.toMatchObject({ code: 'IMPORT_ROW_REJECTED' });
  });

  it('gives positions and mere order a second each from the epoch', async () => {
    await importText('p.csv', 'user,item,position\nu1,a,7\nu2,b,3\n');
    expect(await importText('s.txt', 'u1 a b\nu2 c\n')).toMatchObject({ order: 'file', accepted: 3 });
    expect(await short()).toEqual([
      ['p', 'u2', 'b', 'click', null, 3000],
      ['p', 'u1', 'a', 'click', null, 7000],
      ['s', 'u1', 'a', 'click', null, 0],
      ['s', 'u2', 'c', 'click', null, 0],
      ['s', 'u1', 'b', 'click', null, 1000],
    ]);
  });

  it('takes what it is told about kinds, and asks where nothing is known', async () => {
    const text = 'user,item,timestamp,event\nu1,a,1600000001,wave\nu1,b,1600000002,Add_To_Cart\nu1,c,1600000003,toString\n';
    await expect(importText('k.csv', text)).rejects.toThrow('No action is known for the event kinds "wave", "toString"');
    expect(await stored()).toEqual([]);
    await importText('k.csv', text, { actions: { wave: 'follow' }, events: ['wave', 'Add_To_Cart'], subjectKind: 'instrument' });
    expect((await stored()).map(({ action, subject }) => [action, subject])).toEqual([
      ['follow', { kind: 'instrument', id: 'a', authorId: null, tags: [], instruments: ['a'] }],
      ['order-placed', { kind: 'instrument', id: 'b', authorId: null, tags: [], instruments: ['b'] }],
    ]);
    await expect(importText('k.csv', text, { actions: { wave: 'deposit' as 'click' } })).rejects.toMatchObject({
      code: 'IMPORT_OPTION_INVALID',
    });
    await expect(importText('n.csv', 'user,item\nu,a\n', { events: ['wave'] })).rejects.toMatchObject({ code: 'IMPORT_COLUMN_MISSING' });
  });

  it('stops when it is told to', async () => {
    await expect(
      importEvents(join(folder, 'none.csv'), {}, log, { ...context, signal: AbortSignal.abort(new Error('stopped')) }),
    ).rejects.toThrow('stopped');
  });
});

const data = process.env['NISUS_DATA'] ?? resolve(import.meta.dirname, '../../../../../shared/data');

describe('real data', () => {
  it.for([
    { name: 'ml-100k', events: 100_000, actions: { click: 100_000 }, order: 'time', values: [1, 2, 3, 4, 5] },
    {
      name: 'retailrocket',
      events: 97_381,
      actions: { click: 75_374, 'order-placed': 12_456, 'trade-filled': 9551 },
      order: 'time',
      values: [null],
    },
  ])('$name becomes events', async ({ name, events, actions, order, values }, { skip }) => {
    const source = join(data, name);
    if (!existsSync(source)) skip(`${source} is not there; set NISUS_DATA to the folder that holds ${name}`);
    const report = await importEvents(source, { strict: true }, log, context);
    expect(report).toMatchObject({ name, rowsRead: events, rejectedRows: {}, events, accepted: events, order });
    const all = await stored();
    expect(all.every((event, at) => at === 0 || event.timeMs >= all[at - 1]!.timeMs)).toBe(true);
    expect(
      Object.fromEntries(
        Map.groupBy(all, (event) => event.action)
          .entries()
          .map(([action, { length }]) => [action, length]),
      ),
    ).toEqual(actions);
    expect([...new Set(all.map((event) => event.value))].toSorted((a, b) => a! - b!)).toEqual(values);
    expect(await importEvents(source, { strict: true }, log, context)).toMatchObject({ accepted: 0, duplicates: events });
  });
});
