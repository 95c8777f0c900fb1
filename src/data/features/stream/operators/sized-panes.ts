import { closeGap, openGap, segmentEnd, segmentStart, type RecordState } from '../record-state.ts';
import type { Place } from './operator.ts';

/**
 * Panes of unequal size in a segment, in rising order: (pane, doubles that follow, …). Only panes with events are there.
 * Found by walking from the oldest: sketches have few panes.
 *
 * @returns index of the pane, made empty where it was not there
 */
export function sizedPane(record: RecordState, { layout, segment }: Place, pane: number): number {
  const end = segmentEnd(record, layout, segment);
  let at = segmentStart(record, layout, segment);
  while (at < end && record.numbers[at]! < pane) at += 2 + record.numbers[at + 1]!;
  if (at < end && record.numbers[at] === pane) return at;
  at = openGap(record, layout, segment, at, 2);
  record.numbers[at] = pane;
  record.numbers[at + 1] = 0;
  return at;
}

/** Makes a pane's content larger by `count` doubles from `offset` of its content on. @returns the pane's index, which may have moved */
export function growPane(record: RecordState, { layout, segment }: Place, at: number, offset: number, count: number): number {
  const pane = openGap(record, layout, segment, at + 2 + offset, count) - 2 - offset;
  record.numbers[pane + 1]! += count;
  return pane;
}

/** Drops panes before `oldest`, which no moment can ask for; `drop` hears of each before it goes. */
export function dropOldPanes(record: RecordState, { layout, segment }: Place, oldest: number, drop?: (at: number) => void): void {
  const start = segmentStart(record, layout, segment);
  const end = segmentEnd(record, layout, segment);
  let at = start;
  while (at < end && record.numbers[at]! < oldest) {
    drop?.(at);
    at += 2 + record.numbers[at + 1]!;
  }
  if (at > start) closeGap(record, layout, segment, start, at - start);
}
