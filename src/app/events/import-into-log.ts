import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '../../base/make-folders.ts';
import { openEventLog } from '../../data/events/embedded/open-event-log.ts';
import type { EventLog, EventLogStatistics } from '../../data/events/event-log.ts';
import type { EventImportOptions } from '../../data/events/importing/event-import-options.ts';
import { importEvents, type EventImportProgress, type EventImportReport } from '../../data/events/importing/import-events.ts';
import { IMPORT_ACTIONS } from '../../data/events/importing/kind-actions.ts';
import { ImportOptionError } from '../../data/interactions/import-errors.ts';
import { folderNameOf } from '../datasets/dataset-name.ts';
import { asFileSystemError } from '../files/file-system-error.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import type { WorkContext } from '../work-context.ts';
import { formatCount } from '../words/amounts.ts';
import { EventActionUnknownError, EventKindUnknownError } from './event-import-errors.ts';
import { hasLog } from './open-platform-log.ts';

/** What an import into a platform's log did. */
export interface LogImport extends EventImportReport {
  readonly folder: string;
  /** Null where no row was rejected. */
  readonly rejectsFile: string | null;
  readonly durationMs: number;
  /** Of the log as it stands now. */
  readonly log: EventLogStatistics;
}

/**
 * Imports a file or folder into the log of a platform, which is made where there is none, with progress.
 *
 * Times are believed however old they are: what is imported is history. A log that is there already is taken at once, so
 * that one that somebody writes to is told before hours of reading; a new one with the first events, so that a source
 * that cannot be read leaves no empty log.
 *
 * @throws {EventKindUnknownError}, {@link EventActionUnknownError}, and what `importEvents` and `openEventLog` throw; `FileSystemError`; the interruption where the work is stopped
 */
export async function importIntoLog(
  source: string,
  platform: PlatformFolder,
  options: Omit<EventImportOptions, 'rejectsFile'> & { readonly name: string },
  context: WorkContext,
): Promise<LogImport> {
  requireActions(options);
  const { clock, logger, signal, progress } = context;
  const startMs = clock.monotonicMs();
  const rejectsFile = path.join(platform.folder, `rejects-${folderNameOf(options.name)}.jsonl`);
  let log: Promise<EventLog> | null = null;
  const opened = () => (log ??= openEventLog(platform.log, { latenessMsMax: Number.MAX_SAFE_INTEGER, owner: 'an import' }, { logger }));
  try {
    if (hasLog(platform)) await opened();
    await makeFolders(platform.folder);
    await rm(rejectsFile, { force: true });
    const append: EventLog['append'] = async (events) => (await opened()).append(events);
    const onProgress = showProgress(context);
    const report = await importEvents(
      source,
      { ...options, rejectsFile },
      { append },
      { logger, signal, nowMs: clock.nowMs(), onProgress },
    );
    const statistics = await (await opened()).statistics();
    return {
      ...report,
      folder: platform.folder,
      rejectsFile: existsSync(rejectsFile) ? rejectsFile : null,
      durationMs: clock.monotonicMs() - startMs,
      log: statistics,
    };
  } catch (error) {
    if (!hasLog(platform)) await removeBeginnings(platform.folder, rejectsFile);
    throw unknownKinds(error) ?? asFileSystemError(error, platform.folder) ?? error;
  } finally {
    progress.end();
    const left = await (log as Promise<EventLog> | null)?.catch(() => null);
    await left?.close();
  }
}

/** Of a platform that did not come to be: what was made for it. */
async function removeBeginnings(folder: string, rejectsFile: string): Promise<void> {
  await rm(rejectsFile, { force: true });
  await rmdir(folder).catch(() => undefined); // It may hold something else.
}

function requireActions({ action, actions = {} }: EventImportOptions): void {
  const isKnown = (name: string) => (IMPORT_ACTIONS as readonly string[]).includes(name);
  if (action !== undefined && !isKnown(action)) throw new EventActionUnknownError('--action', action, IMPORT_ACTIONS);
  const wrong = Object.values(actions).find((name) => !isKnown(name));
  if (wrong !== undefined) throw new EventActionUnknownError('--map', wrong, IMPORT_ACTIONS);
}

/** The library's words name its own options. */
function unknownKinds(error: unknown): EventKindUnknownError | null {
  const kinds = error instanceof ImportOptionError ? error.fields['kinds'] : undefined;
  return Array.isArray(kinds) ? new EventKindUnknownError(kinds.map(String), IMPORT_ACTIONS, error) : null;
}

function showProgress({ progress }: WorkContext): (now: EventImportProgress) => void {
  let stage: EventImportProgress['stage'] | null = null;
  return (now) => {
    const isReading = now.stage === 'reading';
    if (now.stage !== stage) progress.begin(now.stage, isReading ? now.bytesTotal : now.eventsTotal);
    stage = now.stage;
    const rejected = now.rowsRejected === 0 ? '' : `, ${formatCount(now.rowsRejected)} rejected`;
    if (isReading) progress.update(now.bytesRead, `${formatCount(now.rowsRead)} rows${rejected}`);
    else progress.update(now.events, `${formatCount(now.events)} of ${formatCount(now.eventsTotal)} events`);
  };
}
