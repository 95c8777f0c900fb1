import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../base/logger.ts';
import { platformTasks } from '../../data/actions/platform-tasks.ts';
import { eventsOf, type Deed } from '../../data/actions/some-actions.fixture.ts';
import { labelsOfSplit, splitListsByTime } from '../../data/actions/split-lists-by-time.ts';
import { upsertOf } from '../../data/catalog/catalog-records.fixture.ts';
import { openCatalog } from '../../data/catalog/embedded/open-catalog.ts';
import { openEventLog } from '../../data/events/embedded/open-event-log.ts';
import type { ActionSequences, SubjectTable } from '../../learn/actions/action-sequences.ts';
import type { ImpressionLists, TaskLabels } from '../../learn/actions/impression-lists.ts';
import { platformFolder, type PlatformFolder } from '../platform/platform-folder.ts';
import { silentProgress } from '../progress.ts';
import { systemClock } from '../system-clock.ts';
import { openRankingData } from './open-ranking-data.ts';

const HOUR_MS = 3_600_000;

let place: PlatformFolder;
const context = { clock: systemClock, progress: silentProgress, signal: new AbortController().signal };

beforeEach(async () => {
  place = platformFolder(mkdtempSync(path.join(os.tmpdir(), 'nisus-ranking-')));
});

afterEach(() => rmSync(place.folder, { recursive: true, force: true }));

/** Two pages of one user a day apart; the first is clicked, traded on, and come back to. */
const DEEDS: readonly Deed[] = [
  { action: 'query', at: 0, lag: 100, request: 'first', surface: 'search' },
  { action: 'impression', at: 10, lag: 100, request: 'first', position: 0, surface: 'search' },
  { action: 'impression', at: 20, lag: 100, request: 'first', position: 1, subject: 'spot', surface: 'search' },
  { action: 'result-click', at: 50, lag: 100, request: 'first', position: 0 },
  { action: 'trade-filled', at: HOUR_MS, subject: 'eth', value: 5_000 },
  { action: 'session-start', at: 20 * HOUR_MS },
  { action: 'impression', at: 20 * HOUR_MS + 10, lag: 5, request: 'second', position: 0, surface: 'feed' },
];

async function writeLog(): Promise<void> {
  const log = await openEventLog(place.log, { owner: 'the test' }, { logger: silentLogger });
  await log.append(eventsOf(DEEDS));
  await log.close();
}

test('a platform’s log and catalog become sequences, pages, subjects, users and outcomes', async () => {
  await writeLog();
  const catalog = await openCatalog({ file: place.catalog, clock: systemClock });
  await catalog.upsert([upsertOf.subject('post', { title: 'Defi', text: 'is back' }), upsertOf.user('u', { jurisdiction: 'HK' })]);
  await catalog.close();
  const data = await openRankingData(place, {}, context);
  expect(data.counts).toMatchObject({ events: 7, impressions: 3 });
  expect(data.nextOffset).toBe(7);
  expect(data.subjects.keys[0]).toBe('content:post');
  expect(data.subjects.texts[0]).toBe('Defi\nis back');
  expect(data.users).toMatchObject({ ids: ['u'], jurisdictionNames: ['', 'HK'] });
  expect([...data.sequences.actions].map((code) => data.sequences.vocabulary.actions[code])).toEqual([
    'query',
    'result-click',
    'trade-filled',
  ]);
  expect(data.pages).toMatchObject({
    timesMs: Float64Array.of(0, 20 * HOUR_MS + 10),
    queries: Int32Array.of(0, -1),
    visible: Int32Array.of(0, 3),
  });
  const { delaysMs, tasks } = data.outcomes;
  expect(tasks).toEqual(platformTasks);
  expect(delaysMs['click']).toEqual(Float64Array.of(140, Infinity, Infinity));
  expect(delaysMs['next-day-return']).toEqual(Float64Array.of(20 * HOUR_MS - 10, 20 * HOUR_MS - 20, Infinity));
});

test('without a catalog, and with tasks and tokens of choice', async () => {
  await writeLog();
  const data = await openRankingData(place, { tasks: platformTasks.slice(7, 8), actions: ['trade-filled'] }, context);
  expect(data.subjects.texts.slice(0, 4)).toEqual(['defi news BTC ETH post', 'BTC', 'ETH', 'bitcoin trading spot']);
  expect(data.outcomes.delaysMs).toEqual({ trade: Float64Array.of(HOUR_MS - 10, HOUR_MS - 20, Infinity) });
  expect(data.sequences.values).toEqual(Float32Array.of(50));
});

test('a platform that is not there is missing; a signal stops the work', async () => {
  await expect(openRankingData(place, {}, context)).rejects.toMatchObject({ code: 'PLATFORM_MISSING' });
  await writeLog();
  const stopped = AbortSignal.abort(new Error('stopped'));
  await expect(openRankingData(place, {}, { ...context, signal: stopped })).rejects.toThrow('stopped');
});

test('what data gives is what the learning wing takes: no label of training comes from after the cut', async () => {
  await writeLog();
  const data = await openRankingData(place, {}, context);
  const sequences: ActionSequences = data.sequences;
  const subjects: SubjectTable = data.subjects;
  const lists: ImpressionLists = data.pages;
  expect([sequences.userCount, subjects.count, lists.listCount]).toEqual([1, 4, 2]);
  const split = splitListsByTime(lists, { trainUntilMs: 15 * HOUR_MS, validationUntilMs: 15 * HOUR_MS });
  const parts: readonly { readonly lists: Int32Array }[] = [split.train, split.validation, split.test];
  expect(parts.map((part) => part.lists.length)).toEqual([1, 0, 1]);
  const labels: TaskLabels = labelsOfSplit(data.outcomes, data.pages, split, { endMs: data.endMs }).labels;
  expect(labels['click']).toEqual(Float32Array.of(1, 0, NaN));
  expect(labels['next-day-return']).toEqual(Float32Array.of(NaN, NaN, NaN));
});
