import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../../base/logger.ts';
import { findDuplicates } from '../../interactions/duplicates.ts';
import type { InteractionOrder, ReadControl, SourcePlan } from '../../interactions/formats/format.ts';
import { chooseSource } from '../../interactions/formats/registry.ts';
import { ColumnMissingError, SourceEmptyError } from '../../interactions/import-errors.ts';
import { nameOfSource } from '../../interactions/import-interactions.ts';
import { createRejectLog, type RejectLog } from '../../interactions/reject-log.ts';
import { createRowSink } from '../../interactions/row-sink.ts';
import { orderByGroupThenKey } from '../../interactions/stable-order.ts';
import type { AppendResult } from '../append-result.ts';
import type { EventLog } from '../event-log.ts';
import { checkEventImportOptions, type CheckedEventImportOptions, type EventImportOptions } from './event-import-options.ts';
import { actionsOfKinds } from './kind-actions.ts';
import { eventsOfRows, type EventRows, type RowProblem } from './rows-as-events.ts';

/** How far an import of events is. */
export interface EventImportProgress {
  readonly stage: 'reading' | 'appending';
  readonly rowsRead: number;
  readonly rowsRejected: number;
  readonly bytesRead: number;
  readonly bytesTotal: number;
  /** Events that the log has answered for. */
  readonly events: number;
  /** All that there will be; 0 while rows are read. */
  readonly eventsTotal: number;
}

/** What an import of events is given from outside. */
export interface EventImportContext {
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
  /** The time now: rows of a source with times that lie more than five minutes after it are rejected. @default They are believed */
  readonly nowMs?: number | undefined;
  readonly onProgress?: ((progress: EventImportProgress) => void) | undefined;
}

/** What an import of events did. */
export interface EventImportReport {
  readonly name: string;
  readonly format: string;
  readonly rowsRead: number;
  /** Rows set aside, by reason. */
  readonly rejectedRows: Readonly<Record<string, number>>;
  /** Rows left out by the options. */
  readonly filteredRows: number;
  /** Events that came of the rest. */
  readonly events: number;
  /** Those that the log took, and why it did not take the others. */
  readonly accepted: number;
  readonly duplicates: number;
  readonly tooLate: number;
  readonly inFuture: number;
  /** What the times are; only `time` means that they are the source's. Else they are counted in seconds from the epoch. */
  readonly order: InteractionOrder;
}

/** How far clocks may be ahead. */
const FUTURE_MS_MAX = 300_000;

/** Batches that wait for the disk at once. */
const IN_FLIGHT_MAX = 4;

/**
 * Imports a file or folder of interactions into an event log: each good row an event, in order of time, received when it happened.
 *
 * The sources are those of `importInteractions`, read and checked by the same code; rows that repeat an earlier one are rejected.
 * Ids are `<name>:` and a hash of user, item, action and time, so importing a source again, or one that has grown, adds only
 * what is new. A source without times gets some: its position, or the place among the user's rows, times one second from the epoch. The value of
 * a row is the event's value.
 *
 * A log that holds later events already raises the received times and may turn old events away as too late: open it with a wide
 * `latenessMsMax`, or import first.
 *
 * Memory: about 45 bytes a row and 100 an id.
 *
 * @throws what `importInteractions` throws for the source and the options, and what {@link EventLog.append} throws
 */
export async function importEvents(
  source: string,
  options: EventImportOptions,
  log: Pick<EventLog, 'append'>,
  context: EventImportContext,
): Promise<EventImportReport> {
  const checked = checkEventImportOptions(options);
  context.signal?.throwIfAborted();
  const chosen = await chooseSource(source, checked.reading.format ?? null);
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'nisus-import-events-'));
  const { reading, rejectsFile } = checked;
  const rejects = createRejectLog({
    path: rejectsFile ?? join(temporaryFolder, 'rejects.jsonl'),
    source: chosen.file.path,
    limit: rejectsFile === undefined ? 0 : reading.rejectLimit,
    strict: reading.strict,
  });
  try {
    const plan = await chosen.format.plan(chosen.file, { ...reading, delimiter: reading.delimiter ?? null, temporaryFolder });
    requireFilterColumns(chosen.file.path, plan, checked);
    context.logger.info('reading events', { file: chosen.file.path, format: chosen.format.name, columns: plan.columns, order: plan.order });
    const aside = createSetAside(plan, rejects, reading);
    const rows = await readRows(plan, rejects, checked, chosen.file, context, aside.add);
    const name = checked.name ?? nameOfSource(source);
    const { nowMs = Infinity } = context;
    const latestMs = plan.order === 'time' ? nowMs + FUTURE_MS_MAX : Infinity;
    const { batches, total } = eventsOfRows(rows, plan.order, { name, subjectKind: checked.subjectKind, latestMs }, aside.add);
    await aside.write(context.signal);
    const progress = (done: number): EventImportProgress => ({
      stage: 'appending',
      rowsRead: rows.counts.rowsRead,
      rowsRejected: rejects.total(),
      bytesRead: chosen.file.bytes,
      bytesTotal: chosen.file.bytes,
      events: done,
      eventsTotal: total,
    });
    const appended = await appendAll(log, batches, context, (done) => context.onProgress?.(progress(done)));
    rejects.close();
    const report: EventImportReport = {
      name,
      format: chosen.format.name,
      rowsRead: rows.counts.rowsRead,
      rejectedRows: Object.fromEntries(rejects.counts),
      filteredRows: rows.counts.filteredByEvent + rows.counts.filteredByValue,
      ...appended,
      order: plan.order,
    };
    context.logger.info('imported events', { ...report });
    return report;
  } finally {
    rejects.close();
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

/** Rows that were read and are no repetition, with what is known of them. */
async function readRows(
  plan: SourcePlan,
  rejects: RejectLog,
  options: CheckedEventImportOptions,
  file: { readonly path: string; readonly bytes: number },
  context: EventImportContext,
  onProblem: (line: number, problem: RowProblem) => void,
): Promise<EventRows & { readonly counts: ReturnType<typeof createRowSink>['counts'] }> {
  const { reading } = options;
  const sink = createRowSink({
    encoding: reading.encoding,
    rejects,
    hasKeys: plan.order !== 'file',
    hasKinds: plan.hasEvents,
    hasValues: plan.columns.value !== undefined,
    events: reading.events ?? null,
    minimumValue: reading.minimumValue ?? null,
  });
  const control: ReadControl = {
    signal: context.signal,
    onBytes(bytesRead) {
      context.signal?.throwIfAborted();
      const { rowsRead } = sink.counts;
      context.onProgress?.({
        stage: 'reading',
        rowsRead,
        rowsRejected: rejects.total(),
        bytesRead,
        bytesTotal: file.bytes,
        events: 0,
        eventsTotal: 0,
      });
    },
  };
  await plan.read(sink, control);
  if (sink.counts.rowsRead === 0) throw new SourceEmptyError(file.path, 'a header without rows');
  const actions = plan.hasEvents ? actionsOfKinds(keptKinds(sink), options.actions) : [options.action];
  const columns = sink.rows.take();
  const { marks } = findDuplicates(columns, orderByGroupThenKey(columns.users, sink.users.count(), columns.keys));
  const duplicate: RowProblem = { reason: 'duplicate', detail: `an earlier row has the same user, item and ${plan.order}` };
  for (let row = 0; row < marks.length; row++) if (marks[row] !== 0) onProblem(columns.lines[row]!, duplicate);
  return { columns, marks, actions, users: sink.users, items: sink.items, counts: sink.counts };
}

/** Kinds by index; one that the filter leaves out stands as a kind that needs no action of its own. */
function keptKinds(sink: ReturnType<typeof createRowSink>): string[] {
  return sink.kindTexts().map((text, kind) => (sink.keepsKind(kind) ? text : 'click'));
}

/**
 * Rows that turn out to be no events when their text is long gone from memory: the source is read once more for those that will be
 * written, the rest is counted.
 */
function createSetAside(plan: SourcePlan, rejects: RejectLog, { strict, rejectLimit }: CheckedEventImportOptions['reading']) {
  const problems = new Map<number, RowProblem>();
  const uncounted = new Map<RowProblem['reason'], number>();
  return {
    add: (line: number, problem: RowProblem): void => {
      uncounted.set(problem.reason, (uncounted.get(problem.reason) ?? 0) + 1);
      if (problems.size < (strict ? 1 : rejectLimit)) problems.set(line, problem);
    },
    async write(signal: AbortSignal | undefined): Promise<void> {
      const onRow = (line: number, raw: string) => {
        const { reason, detail } = problems.get(line)!;
        rejects.add(line, reason, detail, raw);
        uncounted.set(reason, uncounted.get(reason)! - 1);
      };
      if (problems.size > 0 && (strict || rejects.hasRoom())) await plan.rawRows(new Set(problems.keys()), onRow, { signal });
      for (const [reason, rows] of uncounted) rejects.count(reason, rows);
    },
  };
}

async function appendAll(
  log: Pick<EventLog, 'append'>,
  batches: Iterable<Parameters<EventLog['append']>[0]>,
  context: EventImportContext,
  onDone: (events: number) => void,
): Promise<Pick<EventImportReport, 'events' | 'accepted' | 'duplicates' | 'tooLate' | 'inFuture'>> {
  const totals = { events: 0, accepted: 0, duplicates: 0, tooLate: 0, inFuture: 0 };
  const flying: Promise<AppendResult>[] = [];
  const land = async () => {
    const { accepted, rejected } = await flying.shift()!;
    totals.events += accepted + rejected.length;
    totals.accepted += accepted;
    for (const { reason } of rejected) {
      if (reason === 'duplicate') totals.duplicates++;
      else if (reason === 'too-late') totals.tooLate++;
      else totals.inFuture++;
    }
    onDone(totals.events);
  };
  for (const batch of batches) {
    context.signal?.throwIfAborted();
    const appended = log.append(batch);
    // Its failure is met when its turn comes; until then nobody else listens.
    appended.catch(() => undefined);
    flying.push(appended);
    while (flying.length >= IN_FLIGHT_MAX) await land();
  }
  while (flying.length > 0) await land();
  return totals;
}

/** A filter on a column that is not there would silently keep everything. */
function requireFilterColumns(path: string, plan: SourcePlan, { reading }: CheckedEventImportOptions): void {
  const found = Object.values(plan.columns);
  if (reading.events !== undefined && !plan.hasEvents) {
    throw new ColumnMissingError(path, 'event', 'an event column for the events filter', found);
  }
  if (reading.minimumValue !== undefined && plan.columns.value === undefined) {
    throw new ColumnMissingError(path, 'value', 'a value column for the minimumValue filter', found);
  }
}
