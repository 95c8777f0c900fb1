import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logFile } from '../../data/events/embedded/log-database.ts';
import { openEventLogReader, type EventLogReader } from '../../data/events/embedded/open-event-log-reader.ts';
import { platformFolder, type PlatformFolder } from '../platform/platform-folder.ts';
import { PlatformMissingError } from './platform-missing-error.ts';

/** Whether a platform has an event log. */
export function hasLog(platform: PlatformFolder): boolean {
  return existsSync(logFile(platform.log));
}

/**
 * Opens a platform's log for reading, beside whoever writes it.
 *
 * @throws {PlatformMissingError} which names other platforms beside it; `LogUnreadableError`
 */
export async function openPlatformLog(platform: PlatformFolder): Promise<EventLogReader> {
  if (!hasLog(platform)) throw await platformMissing(platform);
  return openEventLogReader(platform.log, {}, { wait: (durationMs, signal) => sleep(durationMs, undefined, { signal }) });
}

/** Why a platform cannot be used, with those that could be. */
export async function platformMissing(platform: PlatformFolder): Promise<PlatformMissingError> {
  const beside = path.dirname(platform.folder);
  const names = await readdir(beside).catch(() => [] as string[]);
  const others = names.toSorted().map((name) => platformFolder(path.join(beside, name)));
  return new PlatformMissingError(platform.folder, others.filter(hasLog).map(({ folder }) => folder).slice(0, 5)); // prettier-ignore
}
