import path from 'node:path';
import { silentLogger } from '../../src/base/logger.ts';
import type { Event } from '../../src/data/events/event.ts';
import type { EventBatch } from '../../src/data/events/event-log.ts';
import { eventKeys } from '../../src/data/features/event-keys.ts';
import { passesFilter } from '../../src/data/features/event-filter.ts';
import { valuesAgree } from '../../src/data/features/feature-agreement.ts';
import type { EventFilter, FeatureView } from '../../src/data/features/feature-declaration.ts';
import { DEFAULT_FEATURE_SETTINGS } from '../../src/data/features/feature-settings.ts';
import { featureValue } from '../../src/data/features/feature-table.ts';
import { openHistory, type History } from '../../src/data/features/history/open-history.ts';
import { writeTrainingSet } from '../../src/data/features/history/write-training-set.ts';
import { createMemoryFeatureStore } from '../../src/data/features/store/memory-feature-store.ts';
import { createFeatureStream } from '../../src/data/features/stream/create-feature-stream.ts';
import type { FeatureStream } from '../../src/data/features/stream/feature-stream.ts';

/** What is compared. */
export interface ComparisonOptions {
  /** A whole log, in order of offset. */
  readonly batches: readonly EventBatch[];
  readonly views: readonly FeatureView[];
  /** How many moments, spread evenly over the events as they were received, every key is asked for. */
  readonly moments: number;
  /** Events that make the rows of a training set, and how many of them, spread evenly, are compared. */
  readonly rows: { readonly where: EventFilter; readonly compared: number };
  /** Is there and is left empty but for the training set. */
  readonly temporaryFolder: string;
}

/** What was found. */
export interface Comparison {
  readonly events: number;
  readonly keys: number;
  readonly momentsMs: readonly number[];
  readonly checkedValues: number;
  readonly unequalValues: number;
  /** Values checked that are neither 0, null nor empty: those that something had to be computed for. */
  readonly tellingValues: number;
  /** Rows of the training set that were compared. */
  readonly rows: number;
  /** The first few differences, in words. */
  readonly differences: readonly string[];
}

type Value = number | null | readonly string[];

const DIFFERENCES_MAX = 20;
const DAY_MS = 86_400_000;

/**
 * Compares the two engines: every feature of the views, for every key of the log, at each moment, and rows of a training
 * set. The stream is asked when it has consumed exactly the events received before the moment; history is asked with all of the log there.
 */
export async function compareEngines(options: ComparisonOptions): Promise<Comparison> {
  const { batches, views, temporaryFolder } = options;
  const events = batches.flatMap((batch) => batch.events.map((event, index) => ({ offset: batch.firstOffset + index, event })));
  const momentsMs = momentsOf(
    events.map(({ event }) => event),
    options.moments,
  );
  const keys = new Map(views.map((view) => [view, [...new Set(events.flatMap(({ event }) => eventKeys(view.entity, event)))]]));
  const passing = events.filter(({ event }) => passesFilter(options.rows.where, event));
  const step = Math.max(1, Math.floor(passing.length / Math.max(1, options.rows.compared)));
  const rows = passing.filter((_, index) => index % step === 0);

  const history = await openHistory(
    { batches: (async function* () { yield* batches; })() }, // prettier-ignore
    { settings: DEFAULT_FEATURE_SETTINGS, threads: 2, memoryLimitMiB: 4096, temporaryFolder },
  );
  const stream = await createFeatureStream({
    views,
    store: createMemoryFeatureStore(),
    settings: { ...DEFAULT_FEATURE_SETTINGS, timeToLiveMs: null },
    logger: silentLogger,
  });
  const tally = { checkedValues: 0, unequalValues: 0, tellingValues: 0, differences: [] as string[] };
  const compare = (what: () => string, streamed: Value, fromHistory: Value) => {
    tally.checkedValues++;
    if (streamed !== null && streamed !== 0 && (typeof streamed === 'number' || streamed.length > 0)) tally.tellingValues++;
    if (valuesAgree(streamed, fromHistory)) return;
    tally.unequalValues++;
    if (tally.differences.length >= DIFFERENCES_MAX) return;
    tally.differences.push(`${what()}: stream ${JSON.stringify(streamed)}, history ${JSON.stringify(fromHistory)}`);
  };
  try {
    const setRows = await trainingRows(history, options, rows.map(({ offset }) => offset)); // prettier-ignore
    const feed = feedOf(stream, batches);
    const stops = [...momentsMs.map((atMs) => ({ atMs, row: null })), ...rows.map((row) => ({ atMs: row.event.timeMs, row }))].toSorted(
      (a, b) => a.atMs - b.atMs,
    );
    for (const { atMs, row } of stops) {
      await feed(atMs);
      if (row !== null) {
        const found = setRows.get(row.offset);
        if (found === undefined) throw new Error(`Row of offset ${row.offset} is missing in the training set.`);
        await compareRow(stream, views, row.event, found, (what, streamed, fromHistory) =>
          compare(() => `${what} of offset ${row.offset}`, streamed, fromHistory),
        );
        continue;
      }
      for (const view of views) {
        const ofView = keys.get(view)!;
        if (ofView.length === 0) continue;
        const table = await stream.read(view, ofView, { atMs });
        if (table.atMs !== atMs) throw new Error(`The stream answered for ${table.atMs}, asked for ${atMs}.`);
        const values = await history.values(view, ofView.map((key) => ({ key, atMs }))); // prettier-ignore
        for (const [index, key] of ofView.entries()) {
          for (const name of Object.keys(view.features)) {
            compare(() => `${view.name}.${name} of ${key} at ${atMs}`, featureValue(table, name, index), values[index]![name] as Value);
          }
        }
      }
    }
  } finally {
    await stream.close();
    history.close();
  }
  const keyCount = [...keys.values()].reduce((sum, { length }) => sum + length, 0);
  return { events: events.length, keys: keyCount, momentsMs, rows: rows.length, ...tally };
}

/** Consumes, at each call, what was received before a moment. Moments never fall. */
function feedOf(stream: FeatureStream, batches: readonly EventBatch[]): (atMs: number) => Promise<void> {
  let at = 0;
  let taken = 0;
  return async (atMs) => {
    for (; at < batches.length; at++, taken = 0) {
      const { firstOffset, events } = batches[at]!;
      let to = taken;
      while (to < events.length && events[to]!.receivedTimeMs < atMs) to++;
      if (to > taken) await stream.consume({ firstOffset: firstOffset + taken, events: events.slice(taken, to) });
      taken = to;
      if (to < events.length) return;
    }
  };
}

/** Received times spread over the log; every other one just after an event, and one a day after its end. */
function momentsOf(events: readonly Event[], count: number): readonly number[] {
  const moments = Array.from({ length: count - 1 }, (_, index) => {
    const event = events[Math.floor(((index + 1) * events.length) / count)]!;
    return event.receivedTimeMs + (index % 2);
  });
  return [...moments, events.at(-1)!.receivedTimeMs + DAY_MS];
}

async function trainingRows(
  history: History,
  { views, rows, temporaryFolder }: ComparisonOptions,
  offsets: readonly number[],
): Promise<ReadonlyMap<number, Readonly<Record<string, Value>>>> {
  const into = path.join(temporaryFolder, 'training-set.parquet');
  await writeTrainingSet(history, { rows: { where: rows.where }, views, into });
  if (offsets.length === 0) return new Map();
  const reader = await history.connection.runAndReadAll(
    `SELECT * EXCLUDE ("offset"), CAST("offset" AS DOUBLE) AS "offset" FROM read_parquet('${into}') WHERE "offset" IN (${offsets.join(', ')})`,
  );
  return new Map(reader.getRowObjectsJS().map((row) => [row['offset'] as number, row as Readonly<Record<string, Value>>]));
}

async function compareRow(
  stream: FeatureStream,
  views: readonly FeatureView[],
  event: Event,
  row: Readonly<Record<string, Value>>,
  compare: (what: string, streamed: Value, fromHistory: Value) => void,
): Promise<void> {
  for (const view of views) {
    const key = eventKeys(view.entity, event)[0];
    const table = key === undefined ? null : await stream.read(view, [key], { atMs: event.timeMs });
    for (const name of Object.keys(view.features)) {
      compare(`${view.name}.${name}`, table === null ? null : featureValue(table, name, 0), row[`${view.name}.${name}`]!);
    }
  }
}
