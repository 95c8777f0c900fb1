import type { Logger } from '../../../base/logger.ts';
import type { AppendResult } from '../append-result.ts';
import type { EventLogOptions } from '../embedded/log-options.ts';
import { openEventLog } from '../embedded/open-event-log.ts';
import type { EventsFileLimits } from './events-database.ts';
import type { EventsFileContext } from './export-events.ts';
import { readEventsFile } from './read-events-file.ts';

/** What a rebuild did. */
export interface RebuildReport {
  /** Events in the files. */
  readonly events: number;
  /** Those that the log did not hold yet. */
  readonly added: number;
  /** Where the log stands now. */
  readonly nextOffset: number;
}

/** Appends that wait for the disk at once. */
const IN_FLIGHT_MAX = 8;

/**
 * Makes an embedded log of Parquet files that `exportEvents` wrote, in the order given: the same events, in the same order, with their
 * received times. Offsets count anew from the end of what is in the folder, counters of what was rejected begin at 0.
 *
 * A rebuild that was broken off goes on when it is called again: what is there already is a duplicate. Memory is bounded.
 *
 * @throws {EventsFileError}, `LogLockedError`, `LogWriteError`, `EventNotStorableError` where a row is no event
 */
export async function rebuildLog(
  files: readonly string[],
  folder: string,
  options: EventsFileLimits & Pick<EventLogOptions, 'owner' | 'bytesMax' | 'segmentEventsMax'>,
  context: EventsFileContext & { readonly logger: Logger },
): Promise<RebuildReport> {
  const { threads, memoryLimitMiB, ...logOptions } = options;
  // What was accepted once is accepted now, however late it is by now.
  const always = { latenessMsMax: Number.MAX_SAFE_INTEGER, futureMsMax: Number.MAX_SAFE_INTEGER };
  const log = await openEventLog(folder, { ...logOptions, ...always }, context);
  const flying: Promise<AppendResult>[] = [];
  let events = 0;
  let added = 0;
  const land = async () => {
    added += (await flying.shift()!).accepted;
    context.onProgress?.(events);
  };
  try {
    for (const file of files) {
      await readEventsFile(file, { threads, memoryLimitMiB }, async (batch) => {
        context.signal?.throwIfAborted();
        events += batch.events.length;
        const appended = log.append(batch.events);
        // Its failure is met when its turn comes; until then nobody else listens.
        appended.catch(() => undefined);
        flying.push(appended);
        while (flying.length >= IN_FLIGHT_MAX) await land();
      });
    }
    while (flying.length > 0) await land();
    return { events, added, nextOffset: (await log.statistics()).nextOffset };
  } finally {
    await log.close();
  }
}
