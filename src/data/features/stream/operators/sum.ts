import type { Event } from '../../../events/event.ts';
import { firstPane, lastPane, paneOf, type PaneWindow } from '../pane-window.ts';
import { openGap, segmentEnd, segmentStart, type RecordState } from '../record-state.ts';
import type { Evaluation, Operator, Place, RecordView } from './operator.ts';
import { rowOfPane } from './pane-rows.ts';

/** `sum`. State over all: one double. Over panes: rows of (pane, sum). */
export function createSum(place: Place, window: PaneWindow | null): Operator {
  return window === null ? sumOfAll(place) : sumOfPanes(place, window);
}

function sumOfAll({ layout, segment }: Place): Operator {
  const value = (record: RecordView): number => {
    const start = segmentStart(record, layout, segment);
    return start === segmentEnd(record, layout, segment) ? 0 : record.numbers[start]!;
  };
  return {
    update(record: RecordState, _event: Event, amount: number): boolean {
      let at = segmentStart(record, layout, segment);
      if (at === segmentEnd(record, layout, segment)) {
        at = openGap(record, layout, segment, at, 1);
        record.numbers[at] = amount;
      } else {
        record.numbers[at]! += amount;
      }
      return true;
    },
    at: (): Evaluation => ({ list: false, value }),
  };
}

function sumOfPanes(place: Place, window: PaneWindow): Operator {
  const { segment } = place;
  return {
    update(record: RecordState, event: Event, amount: number): boolean {
      const oldest = firstPane(window, event.receivedTimeMs);
      const row = rowOfPane(record, place, segment, 2, paneOf(window, event.timeMs), oldest, 0);
      if (row >= 0) record.numbers[row + 1]! += amount;
      return true;
    },
    at(atMs: number): Evaluation {
      const first = firstPane(window, atMs);
      const last = lastPane(window, atMs);
      return { list: false, value: (record) => sumRows(record, place, segment, 2, 1, first, last) };
    },
  };
}

/** Sum of one column over the rows of panes `first` to `last`. */
export function sumRows(
  record: RecordView,
  { layout }: Place,
  segment: number,
  width: number,
  column: number,
  first: number,
  last: number,
): number {
  const { numbers } = record;
  const start = segmentStart(record, layout, segment);
  let total = 0;
  for (let row = segmentEnd(record, layout, segment) - width; row >= start; row -= width) {
    const pane = numbers[row]!;
    if (pane < first) break;
    if (pane <= last) total += numbers[row + column]!;
  }
  return total;
}
