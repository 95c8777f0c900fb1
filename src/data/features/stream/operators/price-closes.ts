import type { Event } from '../../../events/event.ts';
import { firstPane, lastPane, paneOf, type PaneWindow } from '../pane-window.ts';
import { segmentEnd, segmentStart, type RecordState } from '../record-state.ts';
import type { Evaluation, Operator, Place } from './operator.ts';
import { rowOfPane } from './pane-rows.ts';

/**
 * State of `price-return` and `volatility`: rows of (pane, time of its last price, that price). With `keepBefore` 1, one
 * row that lies before every window still allowed stays: the price that the window's return is measured from.
 */
function addPrice(record: RecordState, place: Place, window: PaneWindow, event: Event, price: number, keepBefore: 0 | 1): boolean {
  if (!(price > 0)) return true;
  const oldest = firstPane(window, event.receivedTimeMs);
  const row = rowOfPane(record, place, place.segment, 3, paneOf(window, event.timeMs), oldest, keepBefore);
  // At one time the higher offset is later, and this one is. A price of 0 marks a new row.
  if (row >= 0 && (record.numbers[row + 2] === 0 || event.timeMs >= record.numbers[row + 1]!)) {
    record.numbers[row + 1] = event.timeMs;
    record.numbers[row + 2] = price;
  }
  return true;
}

/** `price-return`: last price of the window over the last before it, − 1. */
export function createPriceReturn(place: Place, window: PaneWindow): Operator {
  const { layout, segment } = place;
  return {
    update: (record, event, amount) => addPrice(record, place, window, event, amount, 1),
    at(atMs: number): Evaluation {
      const first = firstPane(window, atMs);
      const last = lastPane(window, atMs);
      return {
        list: false,
        value(record) {
          const { numbers } = record;
          const start = segmentStart(record, layout, segment);
          let row = segmentEnd(record, layout, segment) - 3;
          while (row >= start && numbers[row]! > last) row -= 3;
          if (row < start || numbers[row]! < first) return Number.NaN;
          const price = numbers[row + 2]!;
          while (row >= start && numbers[row]! >= first) row -= 3;
          return row < start ? Number.NaN : price / numbers[row + 2]! - 1;
        },
      };
    },
  };
}

/** `volatility`: sample standard deviation of the log returns between closes of the window's panes. */
export function createVolatility(place: Place, window: PaneWindow): Operator {
  const { layout, segment } = place;
  return {
    update: (record, event, amount) => addPrice(record, place, window, event, amount, 0),
    at(atMs: number): Evaluation {
      const first = firstPane(window, atMs);
      const last = lastPane(window, atMs);
      return {
        list: false,
        value(record) {
          const { numbers } = record;
          const end = segmentEnd(record, layout, segment);
          let previous = 0;
          let returns = 0;
          let mean = 0;
          let squares = 0; // Welford 1962: no difference of large sums.
          for (let row = segmentStart(record, layout, segment); row < end; row += 3) {
            if (numbers[row]! < first || numbers[row]! > last) continue;
            const price = numbers[row + 2]!;
            if (previous > 0) {
              const step = Math.log(price / previous);
              const off = step - mean;
              mean += off / ++returns;
              squares += off * (step - mean);
            }
            previous = price;
          }
          return returns < 2 ? Number.NaN : Math.sqrt(squares / (returns - 1));
        },
      };
    },
  };
}
