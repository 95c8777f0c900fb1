import type { Event } from '../../../events/event.ts';
import { quantileBin, quantileBinMidpoint } from '../../quantile-bins.ts';
import { firstPane, isLate, lastPane, paneOf, type PaneWindow } from '../pane-window.ts';
import { segmentEnd, segmentStart, type RecordState } from '../record-state.ts';
import type { Evaluation, Operator, Place } from './operator.ts';
import { dropOldPanes, growPane, sizedPane } from './sized-panes.ts';

/** Bins lie from −2,500 to 2,500. */
const BINS_MAX = 2500;

/** `quantile`. State: per pane (bin, count) in order of bins. */
export function createQuantile(place: Place, quantile: number, window: PaneWindow): Operator {
  const { layout, segment } = place;
  const counts = new Float64Array(2 * BINS_MAX + 1);
  return {
    update(record: RecordState, event: Event, amount: number): boolean {
      if (isLate(window, event.timeMs, event.receivedTimeMs)) return false;
      const bin = quantileBin(amount);
      const before = record.used;
      const pane = sizedPane(record, place, paneOf(window, event.timeMs));
      const end = pane + 2 + record.numbers[pane + 1]!;
      let at = pane + 2;
      while (at < end && record.numbers[at]! < bin) at += 2;
      if (at < end && record.numbers[at] === bin) {
        record.numbers[at + 1]! += 1;
      } else {
        const offset = at - pane;
        const grown = growPane(record, place, pane, offset - 2, 2);
        record.numbers[grown + offset] = bin;
        record.numbers[grown + offset + 1] = 1;
      }
      if (record.used !== before) dropOldPanes(record, place, firstPane(window, event.receivedTimeMs));
      return true;
    },
    at(atMs: number): Evaluation {
      const first = firstPane(window, atMs);
      const last = lastPane(window, atMs);
      return {
        list: false,
        value(record) {
          const { numbers } = record;
          const end = segmentEnd(record, layout, segment);
          let total = 0;
          let low = BINS_MAX;
          let high = -BINS_MAX;
          for (let at = segmentStart(record, layout, segment); at < end; at += 2 + numbers[at + 1]!) {
            if (numbers[at]! < first || numbers[at]! > last || numbers[at + 1] === 0) continue;
            const rows = at + 2 + numbers[at + 1]!;
            low = Math.min(low, numbers[at + 2]!);
            high = Math.max(high, numbers[rows - 2]!);
            for (let row = at + 2; row < rows; row += 2) {
              counts[numbers[row]! + BINS_MAX]! += numbers[row + 1]!;
              total += numbers[row + 1]!;
            }
          }
          if (total === 0) return Number.NaN;
          const wanted = Math.max(1, Math.ceil(quantile * total));
          let bin = low;
          for (let reached = counts[bin + BINS_MAX]!; reached < wanted; reached += counts[bin + BINS_MAX]!) bin++;
          counts.fill(0, low + BINS_MAX, high + BINS_MAX + 1);
          return quantileBinMidpoint(bin);
        },
      };
    },
  };
}
