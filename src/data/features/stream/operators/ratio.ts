import type { Event } from '../../../events/event.ts';
import { firstPane, lastPane, paneOf, type PaneWindow } from '../pane-window.ts';
import { openGap, segmentEnd, segmentStart, type RecordState } from '../record-state.ts';
import type { Evaluation, Operator, Place, RecordView } from './operator.ts';
import { rowOfPane } from './pane-rows.ts';
import { sumRows } from './sum.ts';

/** What {@link createRatio} smooths with. */
export interface RatioPrior {
  readonly priorMean: number;
  readonly priorStrength: number;
}

/** `ratio`. State over all: (numerator, denominator). Over panes: rows of (pane, numerator, denominator). */
export function createRatio(place: Place, prior: RatioPrior, window: PaneWindow | null): Operator {
  const { layout, segment } = place;
  const smooth = (numerator: number, denominator: number): number => {
    const weight = denominator + prior.priorStrength;
    return weight === 0 ? Number.NaN : (numerator + prior.priorMean * prior.priorStrength) / weight;
  };
  if (window === null) {
    const value = (record: RecordView): number => {
      const start = segmentStart(record, layout, segment);
      if (start === segmentEnd(record, layout, segment)) return smooth(0, 0);
      return smooth(record.numbers[start]!, record.numbers[start + 1]!);
    };
    return {
      update(record: RecordState, _event: Event, amount: number, role: number): boolean {
        let at = segmentStart(record, layout, segment);
        if (at === segmentEnd(record, layout, segment)) {
          at = openGap(record, layout, segment, at, 2);
          record.numbers[at] = 0;
          record.numbers[at + 1] = 0;
        }
        record.numbers[at + role]! += amount;
        return true;
      },
      at: (): Evaluation => ({ list: false, value }),
    };
  }
  return {
    update(record: RecordState, event: Event, amount: number, role: number): boolean {
      const oldest = firstPane(window, event.receivedTimeMs);
      const row = rowOfPane(record, place, segment, 3, paneOf(window, event.timeMs), oldest, 0);
      if (row >= 0) record.numbers[row + 1 + role]! += amount;
      return true;
    },
    at(atMs: number): Evaluation {
      const first = firstPane(window, atMs);
      const last = lastPane(window, atMs);
      return {
        list: false,
        value: (record) => smooth(sumRows(record, place, segment, 3, 1, first, last), sumRows(record, place, segment, 3, 2, first, last)),
      };
    },
  };
}
