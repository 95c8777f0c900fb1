import { CATALOG_PAGE_MAX } from './catalog.ts';
import type { Catalog } from './catalog.ts';
import type { CatalogChange } from './catalog-record.ts';

/** How changes are followed. */
export interface FollowChangesOptions {
  /** Ends the iteration, at the latest after the wait under way. */
  readonly signal: AbortSignal;
  /** Waits before the catalog is asked again, after it had nothing new. It should end early when the signal fires. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
  /** Changes a batch, at most. @default 1000 */
  readonly batchChangesMax?: number;
}

/**
 * Batches of changes after a version, in order, and then on as they are made by any process, until the signal fires.
 * Whoever keeps the version of the last change handled goes on from there after a restart and misses nothing.
 */
export async function* followChanges(
  catalog: Catalog,
  afterVersion: number,
  { signal, wait, batchChangesMax = 1000 }: FollowChangesOptions,
): AsyncGenerator<readonly CatalogChange[], void, undefined> {
  const limit = Math.max(1, Math.min(CATALOG_PAGE_MAX, batchChangesMax));
  let version = afterVersion;
  while (!signal.aborted) {
    const changes = await catalog.changesSince(version, limit);
    const last = changes.at(-1);
    if (last === undefined) {
      await wait(signal);
      continue;
    }
    yield changes;
    version = last.version;
  }
}
