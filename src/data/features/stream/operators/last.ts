import type { Event } from '../../../events/event.ts';
import { eventTerms } from '../../event-terms.ts';
import type { EventTerm } from '../../feature-declaration.ts';
import { closeGap, openGap, segmentEnd, segmentStart, type RecordState } from '../record-state.ts';
import type { Evaluation, Operator, Place } from './operator.ts';

/**
 * `last`. State: rows of (event time, length of the term), and the terms in one text without separators. Rows are in
 * order of (time, offset). A second term of one event has its length as −1 − length, so that rows say which is which.
 * Times as terms need no text.
 */
export function createLast(place: Place, of: EventTerm, count: number): Operator {
  const { layout, segment } = place;
  const isTime = of === 'time';

  function update(record: RecordState, event: Event): boolean {
    const terms = eventTerms(of, event);
    if (terms.length === 0) return true;
    const start = segmentStart(record, layout, segment);
    const end = segmentEnd(record, layout, segment);
    let at = end;
    while (at > start && record.numbers[at - 2]! > event.timeMs) at -= 2; // Same time: the higher offset is later, and this one is.
    if (at === start && end > start && eventsIn(record, start, end) >= count) return true;
    const textAt = at === end || isTime ? -1 : textLength(record, start, at);
    at = openGap(record, layout, segment, at, terms.length * 2);
    let joined = '';
    for (let i = 0; i < terms.length; i++) {
      const length = isTime ? 0 : terms[i]!.length;
      record.numbers[at + 2 * i] = event.timeMs;
      record.numbers[at + 2 * i + 1] = i === 0 ? length : -1 - length;
      if (!isTime) joined += terms[i]!;
    }
    if (!isTime) {
      const text = record.texts[place.text]!;
      record.texts[place.text] = textAt < 0 ? text + joined : text.slice(0, textAt) + joined + text.slice(textAt);
    }
    dropOldest(record);
    return true;
  }

  function dropOldest(record: RecordState): void {
    const start = segmentStart(record, layout, segment);
    const end = segmentEnd(record, layout, segment);
    if ((end - start) / 2 <= count || eventsIn(record, start, end) <= count) return; // One event more than before: at most one goes.
    let next = start + 2;
    while (next < end && record.numbers[next + 1]! < 0) next += 2;
    if (!isTime) record.texts[place.text] = record.texts[place.text]!.slice(textLength(record, start, next));
    closeGap(record, layout, segment, start, next - start);
  }

  return {
    update,
    at(): Evaluation {
      return {
        list: true,
        value(record) {
          const start = segmentStart(record, layout, segment);
          const end = segmentEnd(record, layout, segment);
          const terms: string[] = [];
          if (start === end) return terms;
          const text = isTime ? '' : record.text(place.text);
          let from = 0;
          for (let row = start; row < end; row += 2) {
            if (isTime) {
              terms.push(String(record.numbers[row]!));
              continue;
            }
            const until = from + lengthOf(record.numbers[row + 1]!);
            terms.push(text.slice(from, until));
            from = until;
          }
          return terms;
        },
      };
    },
  };
}

function lengthOf(number: number): number {
  return number < 0 ? -1 - number : number;
}

function textLength(record: RecordState, start: number, end: number): number {
  let length = 0;
  for (let row = start; row < end; row += 2) length += lengthOf(record.numbers[row + 1]!);
  return length;
}

function eventsIn(record: RecordState, start: number, end: number): number {
  let events = 0;
  for (let row = start; row < end; row += 2) if (record.numbers[row + 1]! >= 0) events++;
  return events;
}
