import { openEventLog } from '../../data/events/embedded/open-event-log.ts';
import type { EventLogStatistics } from '../../data/events/event-log.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import type { WorkContext } from '../work-context.ts';
import { hasLog, platformMissing } from './open-platform-log.ts';

/** What {@link dropFromLog} did. */
export interface LogDrop {
  readonly dropped: number;
  /** What is left. */
  readonly log: EventLogStatistics;
}

/**
 * Lets the events of a platform go whose blocks lie before a time.
 *
 * @throws `PlatformMissingError`; `LogLockedError` where somebody writes to the log
 */
export async function dropFromLog(platform: PlatformFolder, beforeMs: number, { logger }: WorkContext): Promise<LogDrop> {
  if (!hasLog(platform)) throw await platformMissing(platform);
  const log = await openEventLog(platform.log, { owner: 'a removal of old events' }, { logger });
  try {
    const dropped = await log.dropBefore(beforeMs);
    return { dropped, log: await log.statistics() };
  } finally {
    await log.close();
  }
}
