import type { Event } from '../../../events/event.ts';
import { firstPane, lastPane, paneOf, type PaneWindow } from '../pane-window.ts';
import type { RecordState } from '../record-state.ts';
import type { Evaluation, Operator, Place } from './operator.ts';
import { rowOfPane } from './pane-rows.ts';
import { sumRows } from './sum.ts';

/** `volume-surge`. State: rows of (pane, quantity), of the window in one segment and of the baseline in the next. */
export function createVolumeSurge(place: Place, window: PaneWindow, baseline: PaneWindow): Operator {
  const { segment } = place;
  function add(record: RecordState, part: PaneWindow, at: number, event: Event, quantity: number): void {
    const row = rowOfPane(record, place, at, 2, paneOf(part, event.timeMs), firstPane(part, event.receivedTimeMs), 0);
    if (row >= 0) record.numbers[row + 1]! += quantity;
  }
  return {
    update(record: RecordState, event: Event, amount: number): boolean {
      add(record, window, segment, event, amount);
      add(record, baseline, segment + 1, event, amount);
      return true;
    },
    at(atMs: number): Evaluation {
      const [firstShort, lastShort] = [firstPane(window, atMs), lastPane(window, atMs)];
      const [firstLong, lastLong] = [firstPane(baseline, atMs), lastPane(baseline, atMs)];
      return {
        list: false,
        value(record) {
          const long = sumRows(record, place, segment + 1, 2, 1, firstLong, lastLong) / (baseline.panes * baseline.paneMs);
          if (!(long > 0)) return Number.NaN;
          return sumRows(record, place, segment, 2, 1, firstShort, lastShort) / (window.panes * window.paneMs) / long;
        },
      };
    },
  };
}
