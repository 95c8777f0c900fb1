import { existsSync } from 'node:fs';
import { exportEvents, type ExportReport } from '../../data/events/parquet/export-events.ts';
import { rebuildLog, type RebuildReport } from '../../data/events/parquet/rebuild-log.ts';
import { quoted, withEventsDatabase } from '../../data/events/parquet/events-database.ts';
import { asFileSystemError } from '../files/file-system-error.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import type { WorkContext } from '../work-context.ts';
import { formatCount } from '../words/amounts.ts';
import { EventsFileExistsError, EventsFileMissingError } from './events-file-errors.ts';
import { openPlatformLog } from './open-platform-log.ts';

/**
 * Exports a platform's log to a Parquet file, with progress, beside whoever writes the log.
 *
 * @throws {EventsFileExistsError} where the file is there and is not to be replaced; `PlatformMissingError`, `EventsFileError`
 */
export async function exportLog(
  platform: PlatformFolder,
  file: string,
  { replace }: { readonly replace: boolean },
  context: WorkContext,
): Promise<ExportReport> {
  const { progress, signal } = context;
  const log = await openPlatformLog(platform);
  try {
    if (!replace && existsSync(file)) throw new EventsFileExistsError(file);
    const { events: total } = await log.statistics();
    progress.begin('exporting', total);
    const onProgress = (events: number) => progress.update(events, `${formatCount(events)} of ${formatCount(total)} events`);
    return await exportEvents(log, file, {}, { signal, onProgress });
  } catch (error) {
    throw asFileSystemError(error, file) ?? error;
  } finally {
    progress.end();
    await log.close();
  }
}

/**
 * Makes a platform's log, or adds to it, from Parquet files that {@link exportLog} wrote, with progress.
 *
 * @throws {EventsFileMissingError}, and what `rebuildLog` throws
 */
export async function rebuildPlatformLog(platform: PlatformFolder, files: readonly string[], context: WorkContext): Promise<RebuildReport> {
  const { progress, logger, signal } = context;
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new EventsFileMissingError(missing);
  try {
    // Also the first look into the files: what is no Parquet must not leave an empty log.
    const total = await countRows(files);
    progress.begin('rebuilding', total);
    const onProgress = (events: number) => progress.update(events, `${formatCount(events)} of ${formatCount(total)} events`);
    return await rebuildLog(files, platform.log, { owner: 'a rebuild' }, { logger, signal, onProgress });
  } catch (error) {
    throw asFileSystemError(error, platform.folder) ?? error;
  } finally {
    progress.end();
  }
}

/** Read from the files' footers. */
async function countRows(files: readonly string[]): Promise<number> {
  let rows = 0;
  for (const file of files) {
    rows += await withEventsDatabase(file, '', {}, async (connection) => {
      const counted = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${quoted(file)})`);
      return Number(counted.getRows()[0]![0]);
    });
  }
  return rows;
}
