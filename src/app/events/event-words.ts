import { printableText } from '../../base/printable-text.ts';
import type { EventLogStatistics } from '../../data/events/event-log.ts';
import type { Event } from '../../data/events/event.ts';
import { subjectKey } from '../../data/events/subject-key.ts';
import { formatBytes } from '../words/bytes.ts';
import { formatCount, formatCountOf, formatDuration } from '../words/amounts.ts';
import { formatMoment } from '../words/moments.ts';
import type { LogImport } from './import-into-log.ts';

/** What an import did, in words: counts, what was set aside and why, what the log holds now. Lines without a last break. */
export function logImportSummary(report: LogImport): string {
  const { log } = report;
  const seconds = report.durationMs / 1000;
  // Of less than a second, most is start-up.
  const rate = seconds < 1 ? '' : ` (${formatCount(report.rowsRead / seconds)} rows/s)`;
  const lines = [
    `Imported ${report.name}: ${formatCountOf(report.accepted, 'event')} added`,
    `  read       ${formatCountOf(report.rowsRead, 'row')} as ${report.format} in ${formatDuration(seconds)}${rate}`,
  ];
  const countOf = (what: string, count: number, why: string) => count > 0 && lines.push(`  ${what}  ${formatCount(count)} ${why}`);
  countOf('left out ', report.filteredRows, 'by the options');
  for (const [reason, rows] of Object.entries(report.rejectedRows)) countOf('rejected ', rows, reason);
  if (report.rejectsFile !== null) lines.push(`  rejects    ${report.rejectsFile}`);
  countOf('not added', report.duplicates, 'the log holds already');
  countOf('not added', report.tooLate, 'too late');
  countOf('not added', report.inFuture, 'in the future');
  if (report.order !== 'time') {
    const counted = report.order === 'position' ? 'positions' : 'places in the file';
    lines.push(`  times      none in the source: ${counted} count as seconds from 1970-01-01`);
  }
  lines.push(`  log        ${formatCountOf(log.events, 'event')}${spanOf(log)}`, `  platform   ${report.folder}`);
  return lines.join('\n');
}

function spanOf({ firstTimeMs, lastTimeMs }: EventLogStatistics): string {
  return firstTimeMs === null || lastTimeMs === null ? '' : `, ${formatMoment(firstTimeMs)} to ${formatMoment(lastTimeMs)}`;
}

/** What a log holds, in words. Lines without a last break. */
export function statisticsText(platform: string, log: EventLogStatistics): string {
  const moment = (timeMs: number | null) => (timeMs === null ? '–' : formatMoment(timeMs));
  const perEvent = log.events === 0 ? '' : ` (${formatBytes(log.bytes / log.events)} an event)`;
  return [
    `Log of ${platform}`,
    `  events         ${formatCount(log.events)}, offsets ${log.firstOffset} to ${log.nextOffset}`,
    `  on disk        ${formatBytes(log.bytes)}${perEvent}`,
    `  first          ${moment(log.firstTimeMs)}`,
    `  last           ${moment(log.lastTimeMs)}`,
    `  last received  ${moment(log.lastReceivedTimeMs)}`,
    `  out of order   ${formatCount(log.outOfOrder)}`,
    `  not added      ${formatCount(log.duplicates)} duplicate, ${formatCount(log.tooLate)} too late, ${formatCount(log.inFuture)} in the future`,
  ].join('\n');
}

/** Cells of an event in a table, beside {@link EVENT_HEADER}. */
export function eventCells({ timeMs, action, subject, value, query, context }: Event): string[] {
  const what = subject === null ? (query === null ? '–' : `“${query}”`) : subjectKey(subject);
  return [
    formatMoment(timeMs),
    action,
    printableText(what, 48),
    value === null ? '–' : String(value),
    context.surface === null ? '–' : printableText(context.surface, 24),
  ];
}

/** See {@link eventCells}; the fourth is a number. */
export const EVENT_HEADER = ['time (UTC)', 'action', 'subject', 'value', 'surface'] as const;
