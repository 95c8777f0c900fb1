import type { Event } from '../../../events/event.ts';
import { openGap, segmentEnd, segmentStart, type RecordState } from '../record-state.ts';
import type { Evaluation, Operator, Place } from './operator.ts';

/** `time-since`. State: the latest event time. */
export function createTimeSince({ layout, segment }: Place): Operator {
  return {
    update(record: RecordState, event: Event): boolean {
      let at = segmentStart(record, layout, segment);
      if (at === segmentEnd(record, layout, segment)) {
        at = openGap(record, layout, segment, at, 1);
        record.numbers[at] = event.timeMs;
      } else if (event.timeMs > record.numbers[at]!) {
        record.numbers[at] = event.timeMs;
      }
      return true;
    },
    at(atMs: number): Evaluation {
      return {
        list: false,
        value(record) {
          const start = segmentStart(record, layout, segment);
          if (start === segmentEnd(record, layout, segment)) return Number.NaN;
          return Math.max(0, atMs - record.numbers[start]!);
        },
      };
    },
  };
}
