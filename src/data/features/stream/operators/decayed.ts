import type { Event } from '../../../events/event.ts';
import { openGap, segmentEnd, segmentStart, type RecordState } from '../record-state.ts';
import type { Evaluation, Operator, Place } from './operator.ts';

/**
 * `decayed`. State: (latest event time, the sum as of then). The sum at any moment follows by one power, because all
 * weights fade alike (Cormode et al. 2009, "Forward decay").
 */
export function createDecayed({ layout, segment }: Place, halfLifeMs: number): Operator {
  return {
    update(record: RecordState, event: Event, amount: number): boolean {
      let at = segmentStart(record, layout, segment);
      if (at === segmentEnd(record, layout, segment)) {
        at = openGap(record, layout, segment, at, 2);
        record.numbers[at] = event.timeMs;
        record.numbers[at + 1] = amount;
        return true;
      }
      const ahead = event.timeMs - record.numbers[at]!;
      if (ahead > 0) {
        record.numbers[at] = event.timeMs;
        record.numbers[at + 1] = record.numbers[at + 1]! * 2 ** (-ahead / halfLifeMs) + amount;
      } else {
        record.numbers[at + 1]! += amount * 2 ** (ahead / halfLifeMs);
      }
      return true;
    },
    at(atMs: number): Evaluation {
      return {
        list: false,
        value(record) {
          const start = segmentStart(record, layout, segment);
          if (start === segmentEnd(record, layout, segment)) return 0;
          return record.numbers[start + 1]! * 2 ** ((record.numbers[start]! - atMs) / halfLifeMs);
        },
      };
    },
  };
}
