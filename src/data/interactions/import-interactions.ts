import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { arrangeInteractions } from './arrange-interactions.ts';
import type { DatasetManifest, DatasetSource } from './dataset-manifest.ts';
import { abandonDataset, beginDataset, commitDataset, REJECTS_FILE, type DatasetDraft } from './dataset-writer.ts';
import type { ReadControl, SourcePlan } from './formats/format.ts';
import { chooseSource, type ChosenSource } from './formats/registry.ts';
import { ColumnMissingError, NothingKeptError, SourceEmptyError } from './import-errors.ts';
import { checkImportOptions, type CheckedImportOptions, type ImportOptions } from './import-options.ts';
import { findTitleFile, readItemTitles } from './item-titles.ts';
import { createRejectLog, type RejectLog } from './reject-log.ts';
import { createRowSink } from './row-sink.ts';

/** How far an import is. */
export interface ImportProgress {
  readonly stage: 'reading' | 'arranging' | 'writing';
  /** Rows read so far, bad ones included. */
  readonly rowsRead: number;
  readonly rowsRejected: number;
  /** Bytes of the file on disk read so far, and all of them. */
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

/** What an import is given from outside. */
export interface ImportContext {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Stops the import; the old data set stays as it was. Looked at about every MiB and between stages. */
  readonly signal?: AbortSignal | undefined;
  /** Called at every stage and about every MiB. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/** What an import did. */
export interface ImportReport {
  readonly folder: string;
  readonly manifest: DatasetManifest;
  /** Path of the reject file; null where no row was rejected, or none was to be written. */
  readonly rejectsFile: string | null;
  readonly durationMs: number;
}

/**
 * Imports a file or folder of interactions into a data set folder.
 *
 * Bad rows are set aside: counted by reason and written with line, reason, detail and raw text (its first 500
 * characters) to `rejects.jsonl` in the destination, duplicates after the rest. Users and items are indexed in order of
 * first appearance among the kept rows; rows stand by (user, time or position, place in the file). The data set appears
 * whole at the end or not at all.
 *
 * Memory: about 45 bytes a row and 30 an id, whatever the file's size; a gzip file is never unpacked to disk.
 *
 * @param source A file or a folder; see `formats/registry.ts` for what is recognised.
 * @throws {SourceMissingError}, {@link SourceEmptyError}, {@link NothingKeptError}, `FormatUnknownError`,
 * `ColumnMissingError`, `CompressedUnreadableError`, `FileUnreadableError`, `ImportOptionError`,
 * `RowRejectedError` (strict), `DatasetDestinationError`; the signal's reason when it fires.
 */
export async function importInteractions(source: string, options: ImportOptions, context: ImportContext): Promise<ImportReport> {
  const checked = checkImportOptions(options);
  const startMs = context.clock.monotonicMs();
  context.signal?.throwIfAborted();
  const chosen = await chooseSource(source, checked.format ?? null);
  const draft = await beginDataset(checked.destination);
  try {
    const manifest = await importInto(draft, source, chosen, checked, context);
    const durationMs = context.clock.monotonicMs() - startMs;
    const written = manifest.source?.rejects.written ?? 0;
    const report: ImportReport = {
      folder: checked.destination,
      manifest,
      rejectsFile: written > 0 ? join(checked.destination, REJECTS_FILE) : null,
      durationMs,
    };
    context.logger.info('imported', { folder: report.folder, ...manifest.counts, durationMs });
    return report;
  } catch (error) {
    await abandonDataset(draft);
    throw error;
  }
}

async function importInto(
  draft: DatasetDraft,
  source: string,
  { file, format }: ChosenSource,
  options: CheckedImportOptions,
  context: ImportContext,
): Promise<DatasetManifest> {
  const temporaryFolder = join(draft.folder, 'temporary');
  await mkdir(temporaryFolder);
  const plan = await format.plan(file, { ...options, delimiter: options.delimiter ?? null, temporaryFolder });
  requireFilterColumns(file.path, plan, options);
  context.logger.info('reading', { file: file.path, format: format.name, columns: plan.columns, timeUnit: plan.timeUnit });

  const rejects = createRejectLog({
    path: join(draft.folder, REJECTS_FILE),
    source: file.path,
    limit: options.rejectLimit,
    strict: options.strict,
  });
  try {
    const sink = createRowSink({
      encoding: options.encoding,
      rejects,
      hasKeys: plan.order !== 'file',
      hasKinds: plan.hasEvents,
      events: options.events ?? null,
      minimumValue: options.minimumValue ?? null,
    });
    let bytesRead = 0;
    const report = (stage: ImportProgress['stage']) => {
      context.signal?.throwIfAborted();
      context.onProgress?.({
        stage,
        rowsRead: sink.counts.rowsRead,
        rowsRejected: rejects.total(),
        bytesRead,
        bytesTotal: file.bytes,
      });
    };
    const control: ReadControl = {
      signal: context.signal,
      onBytes(bytes) {
        bytesRead = bytes;
        report('reading');
      },
    };
    await plan.read(sink, control);
    const { rowsRead } = sink.counts;
    if (rowsRead === 0) throw new SourceEmptyError(file.path, 'a header without rows');

    report('arranging');
    const { arranged, duplicateLines, filteredByCore } = arrangeInteractions(sink.rows.take(), sink.users, sink.items, {
      timesAreKeys: plan.order === 'time',
      minimumUser: options.minimumUserInteractions,
      minimumItem: options.minimumItemInteractions,
    });
    await rejectDuplicates(plan, rejects, duplicateLines, options, { signal: context.signal });
    const filtered = { event: sink.counts.filteredByEvent, value: sink.counts.filteredByValue, core: filteredByCore };
    if (arranged.items.length === 0) throw new NothingKeptError(file.path, rowsRead, whyNothing(rejects, filtered));

    report('writing');
    const titlesFile = options.titles === false ? null : (options.titles ?? (await findTitleFile(file.path)));
    const itemTitles = await titlesOf(titlesFile, arranged.itemIds, options, context);
    rejects.close();
    const record: DatasetSource = {
      path: resolve(file.path),
      bytes: file.bytes,
      format: format.name,
      columns: plan.columns,
      timeUnit: plan.timeUnit,
      titles: itemTitles === null || titlesFile === null ? null : resolve(titlesFile),
      rowsRead,
      filtered,
      rejects: { total: rejects.total(), written: rejects.written(), byReason: Object.fromEntries(rejects.counts) },
      options: recordedOptions(options),
    };
    const name = options.name ?? nameOfSource(source);
    const content = { name, interactions: arranged, itemTitles, order: plan.order, source: record };
    context.signal?.throwIfAborted();
    return await commitDataset(draft, content, context.clock);
  } finally {
    rejects.close();
  }
}

/** A filter on a column that is not there would silently keep everything. */
function requireFilterColumns(path: string, plan: SourcePlan, options: CheckedImportOptions): void {
  const found = Object.values(plan.columns);
  if (options.events !== undefined && !plan.hasEvents) {
    throw new ColumnMissingError(path, 'event', 'an event column for the events filter', found);
  }
  if (options.minimumValue !== undefined && plan.columns.value === undefined) {
    throw new ColumnMissingError(path, 'value', 'a value column for the minimumValue filter', found);
  }
}

async function rejectDuplicates(
  plan: SourcePlan,
  rejects: RejectLog,
  lines: Float64Array,
  options: CheckedImportOptions,
  control: ReadControl,
): Promise<void> {
  if (lines.length === 0) return;
  // The rows' text is long gone from memory, so the source is read once more for those that will be written.
  const room = options.strict ? 1 : Math.min(lines.length, options.rejectLimit - rejects.written());
  let added = 0;
  if (room > 0) {
    const wanted = new Set(lines.subarray(0, room));
    await plan.rawRows(
      wanted,
      (line, raw) => {
        rejects.add(line, 'duplicate', `an earlier row has the same user, item and ${plan.order}`, raw);
        added++;
      },
      control,
    );
  }
  rejects.count('duplicate', lines.length - added);
}

function whyNothing(rejects: RejectLog, filtered: Readonly<Record<string, number>>): Record<string, number> {
  const why: Record<string, number> = Object.fromEntries(rejects.counts);
  for (const [filter, rows] of Object.entries(filtered)) if (rows > 0) why[`left out by the ${filter} filter`] = rows;
  return why;
}

async function titlesOf(
  path: string | null,
  itemIds: readonly string[],
  options: CheckedImportOptions,
  context: ImportContext,
): Promise<(string | null)[] | null> {
  if (path === null) return null;
  try {
    return await readItemTitles(path, itemIds, { signal: context.signal });
  } catch (error) {
    // A file that merely stands beside the data may be of another kind; one that was asked for must do.
    if (options.titles !== undefined || !(error instanceof ColumnMissingError)) throw error;
    context.logger.warn('no titles', { file: path, reason: error.message });
    return null;
  }
}

/** What a data set of a source is called where nobody says: its base name without extension. */
export function nameOfSource(source: string): string {
  const base = basename(resolve(source)).replace(/\.gz$/i, '');
  return base.replace(/\.[a-z]+$/i, '') || base;
}

function recordedOptions(options: CheckedImportOptions): Record<string, unknown> {
  const { destination: _destination, name: _name, ...rest } = options;
  return rest;
}
