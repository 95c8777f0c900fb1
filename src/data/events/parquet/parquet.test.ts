import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../base/logger.ts';
import { openEventLog } from '../embedded/open-event-log.ts';
import type { Event } from '../event.ts';
import { eventsFrom, eventsOf } from '../event-log-suite.fixture.ts';
import { goldenEvents } from '../golden-events.fixture.ts';
import { createMemoryEventLog } from '../memory-event-log.ts';
import { eventArbitrary, nameArbitrary, someEvent } from '../some-event.fixture.ts';
import { EVENT_COLUMNS } from './event-columns.ts';
import { exportEvents } from './export-events.ts';
import { readEventsFile } from './read-events-file.ts';
import { rebuildLog } from './rebuild-log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nisus-parquet-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ALWAYS = { latenessMsMax: Number.MAX_SAFE_INTEGER, futureMsMax: Number.MAX_SAFE_INTEGER };
const logger = silentLogger;

async function memoryLogOf(events: readonly Event[]) {
  const log = createMemoryEventLog(ALWAYS);
  for (let from = 0; from < events.length; from += 1000) await log.append(events.slice(from, from + 1000));
  return log;
}

async function fileEvents(path: string): Promise<{ readonly offsets: number[]; readonly events: Event[] }> {
  const offsets: number[] = [];
  const events: Event[] = [];
  await readEventsFile(path, {}, async (batch) => {
    batch.events.forEach((event, at) => {
      offsets.push(batch.firstOffset + at);
      events.push(event);
    });
  });
  return { offsets, events };
}

async function query(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

describe('export and rebuild', () => {
  it('goes there and back exactly', async () => {
    const path = join(folder, 'round.parquet');
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(eventArbitrary(nameArbitrary), { maxLength: 12, selector: (event) => event.id }), async (events) => {
        const log = await memoryLogOf(events);
        const before = await eventsOf(log.read(0));
        const report = await exportEvents(log, path);
        expect(report).toEqual({ path, events: events.length, nextOffset: events.length });
        expect(await fileEvents(path)).toStrictEqual(before);
      }),
      { numRuns: 25 },
    );
    expect(await readdir(folder)).toEqual(['round.parquet']);
  });

  it('makes a log anew, in order, with gaps, from two files; done twice it changes nothing', async () => {
    const events = [...goldenEvents(), ...eventsFrom(0, 20_000, (at) => ({ receivedTimeMs: 1_700_000_100_000 + at }))];
    const source = await openEventLog(join(folder, 'source'), ALWAYS, { logger });
    for (let from = 0; from < events.length; from += 700) await source.append(events.slice(from, from + 700));
    expect(await source.dropBefore(1_700_000_654_000)).toBe(700);
    const before = await eventsOf(source.read(0));
    const [one, two] = [join(folder, 'one.parquet'), join(folder, 'two.parquet')];
    const { nextOffset } = await exportEvents(source, one);
    const later = eventsFrom(20_000, 20_010, (at) => ({ receivedTimeMs: 1_700_000_200_000 + at }));
    await source.append(later);
    expect(await exportEvents(source, two, { fromOffset: nextOffset })).toMatchObject({ events: 10 });
    expect((await fileEvents(one)).offsets).toEqual(before.offsets);
    await source.close();

    const target = join(folder, 'target');
    // The first is broken off in the middle.
    const stop = new AbortController();
    const brokenOff = rebuildLog([one, two], target, {}, { logger, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(brokenOff).rejects.toThrow('aborted');
    const total = before.events.length + 10;
    const report = await rebuildLog([one, two], target, {}, { logger });
    expect(report).toMatchObject({ events: total, nextOffset: total });
    expect(await rebuildLog([one, two], target, {}, { logger })).toEqual({ events: total, added: 0, nextOffset: total });
    const log = await openEventLog(target, {}, { logger });
    expect((await eventsOf(log.read(0))).events).toEqual([...before.events, ...later]);
    expect((await log.statistics()).events).toBe(total);
    await log.close();
  });

  it('has plain columns that others can ask', async () => {
    const path = join(folder, 'plain.parquet');
    await exportEvents(await memoryLogOf(goldenEvents()), path);
    const columns = await query(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '${path}')`);
    expect(columns).toEqual(EVENT_COLUMNS.map(({ name, type }) => [name, type]));
    expect(
      await query(
        `SELECT action, value, tags[2], experiments['ranker'] FROM '${path}' WHERE action = 'dwell' AND list_contains(tags, 'defi')`,
      ),
    ).toEqual([['dwell', 1252, '比特币', 'b']]);
  });

  it('reads files with fewer columns and with more, and says which one it needs', async () => {
    const path = join(folder, 'few.parquet');
    const row = `0 AS "offset", 'a' AS id, 'u' AS user_id, 'content' AS subject_kind, 'p' AS subject_id, 'click' AS action, 1000 AS time_ms`;
    await query(`COPY (SELECT ${row}, 2000 AS received_time_ms, 7 AS later) TO '${path}' (FORMAT parquet)`);
    expect((await fileEvents(path)).events).toEqual([
      someEvent('a', { userId: 'u', subject: { kind: 'content', id: 'p', authorId: null, tags: [], instruments: [] }, timeMs: 1000, receivedTimeMs: 2000 }),
    ]); // prettier-ignore
    await query(`COPY (SELECT ${row}) TO '${path}' (FORMAT parquet)`);
    await expect(fileEvents(path)).rejects.toThrow('it has no column received_time_ms');
    await query(`COPY (SELECT ${row}, 1 AS received_time_ms UNION ALL SELECT ${row}, 1) TO '${path}' (FORMAT parquet)`);
    await expect(fileEvents(path)).rejects.toThrow('offset 0 follows 0');
  });

  it('leaves the old file where it fails, and nothing else', async () => {
    const path = join(folder, 'kept.parquet');
    await exportEvents(await memoryLogOf([someEvent('a')]), path);
    const broken = await memoryLogOf([someEvent('b', { userId: 'half \ud800' })]);
    await expect(exportEvents(broken, path)).rejects.toMatchObject({ code: 'EVENTS_FILE' });
    await expect(exportEvents(broken, path, {}, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    expect((await fileEvents(path)).events).toEqual([someEvent('a')]);
    expect(await readdir(folder)).toEqual(['kept.parquet']);
    await writeFile(path, 'no parquet');
    await expect(fileEvents(path)).rejects.toMatchObject({ code: 'EVENTS_FILE' });
    await expect(fileEvents(join(folder, 'none.parquet'))).rejects.toMatchObject({ code: 'EVENTS_FILE' });
  });
});
