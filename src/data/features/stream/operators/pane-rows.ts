import { closeGap, openGap, segmentEnd, segmentStart, type RecordState } from '../record-state.ts';
import type { Place } from './operator.ts';

/**
 * Rows of equal width in a segment, in rising order of their first number, the pane. Only panes with events have a row.
 *
 * @param keepBefore how many rows older than `oldest` stay: 1 where the last price before a window counts
 * @returns index of the pane's row, made of zeros where there was none; -1 where the pane is older than all that can be asked
 */
export function rowOfPane(
  record: RecordState,
  place: Place,
  segment: number,
  width: number,
  pane: number,
  oldest: number,
  keepBefore: 0 | 1,
): number {
  const start = segmentStart(record, place.layout, segment);
  let at = segmentEnd(record, place.layout, segment);
  // Most events belong to the last row.
  while (at > start && record.numbers[at - width]! > pane) at -= width;
  if (at > start && record.numbers[at - width] === pane) return at - width;
  if (pane < oldest && (keepBefore === 0 || isBeforeKept(record, start, at, segmentEnd(record, place.layout, segment), oldest))) return -1;
  at = openGap(record, place.layout, segment, at, width);
  record.numbers[at] = pane;
  for (let i = 1; i < width; i++) record.numbers[at + i] = 0;
  return at - dropOld(record, place, segment, width, oldest, keepBefore);
}

/** Whether a later row than the one to come lies before the window already: then the new one can never be the last before it. */
function isBeforeKept(record: RecordState, start: number, at: number, end: number, oldest: number): boolean {
  return at >= start && at < end && record.numbers[at]! < oldest;
}

/** Drops rows that no moment can ask for; returns how many doubles went. */
function dropOld(record: RecordState, place: Place, segment: number, width: number, oldest: number, keepBefore: 0 | 1): number {
  const start = segmentStart(record, place.layout, segment);
  const end = segmentEnd(record, place.layout, segment);
  let first = start;
  while (first < end && record.numbers[first]! < oldest) first += width;
  const dropped = Math.max(0, first - start - keepBefore * width);
  if (dropped > 0) closeGap(record, place.layout, segment, start, dropped);
  return dropped;
}
