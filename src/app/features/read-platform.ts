import type { EventLogStatistics } from '../../data/events/event-log.ts';
import type { FeatureValueByKind, FeatureView } from '../../data/features/feature-declaration.ts';
import { FeaturesNotBuiltError } from '../../data/features/feature-errors.ts';
import { featureValue } from '../../data/features/feature-table.ts';
import { createFeatureReader } from '../../data/features/read-features.ts';
import { openPlatformLog } from '../events/open-platform-log.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import { openPlatformStore } from './platform-store.ts';

/** Value of any kind of feature. */
export type AnyFeatureValue = FeatureValueByKind[keyof FeatureValueByKind];

/** Values of one key. */
export interface FeatureRow {
  readonly key: string;
  /** Received time of the last event that moved the key's features; null where there is none. */
  readonly touchedMs: number | null;
  readonly values: Readonly<Record<string, AnyFeatureValue>>;
}

/** What {@link readPlatform} read. */
export interface FeatureReading {
  readonly view: string;
  /** The moment that the values are of. */
  readonly atMs: number;
  /** Events of the log that the values do not know yet. */
  readonly eventsBehind: number;
  readonly rows: readonly FeatureRow[];
}

/** What to read of a platform. */
export interface PlatformRead {
  readonly view: FeatureView;
  readonly keys: readonly string[];
  /** Null: all of the view. */
  readonly features: readonly string[] | null;
  /** Null: just after the last event that the features know. */
  readonly atMs: number | null;
}

/** Reads features of keys as a serving process does. @throws `PlatformMissingError`, {@link FeaturesNotBuiltError} */
export async function readPlatform(platform: PlatformFolder, { view, keys, features, atMs }: PlatformRead): Promise<FeatureReading> {
  const log = await openPlatformLog(platform);
  let statistics: EventLogStatistics;
  try {
    statistics = await log.statistics();
  } finally {
    await log.close();
  }
  const store = openPlatformStore(platform);
  if (store === null) throw new FeaturesNotBuiltError(view.name, []);
  try {
    // A moment before the last event that is known is raised to just after it.
    const table = await createFeatureReader(store).read(view, keys, {
      atMs: atMs ?? -Infinity,
      ...(features === null ? {} : { features }),
    });
    const names = features ?? Object.keys(view.features);
    const { firstOffset, nextOffset } = statistics;
    return {
      view: view.name,
      atMs: table.atMs,
      eventsBehind: Math.max(0, nextOffset - Math.max(firstOffset, table.consumed.nextOffset)),
      rows: keys.map((key, row) => ({
        key,
        touchedMs: Number.isNaN(table.touchedMs[row]!) ? null : table.touchedMs[row]!,
        values: Object.fromEntries(names.map((name) => [name, featureValue(table, name, row)])),
      })),
    };
  } finally {
    await store.close();
  }
}
