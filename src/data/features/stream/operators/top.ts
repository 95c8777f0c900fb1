import type { Event } from '../../../events/event.ts';
import { compareTerms } from '../../compare-terms.ts';
import { eventTerms } from '../../event-terms.ts';
import type { EventTerm } from '../../feature-declaration.ts';
import { firstPane, isLate, lastPane, paneOf, type PaneWindow } from '../pane-window.ts';
import { segmentEnd, segmentStart, type RecordState } from '../record-state.ts';
import type { Evaluation, Operator, Place } from './operator.ts';
import { dropOldPanes, growPane, sizedPane } from './sized-panes.ts';

/** What {@link createTop} computes. */
export interface TopOptions {
  readonly of: EventTerm;
  readonly count: number;
  readonly termsMax: number;
}

/** `top`. State: per pane (length of a term, its count) in order of admission, and the terms of all panes in one text. */
export function createTop(place: Place, { of, count, termsMax }: TopOptions, window: PaneWindow): Operator {
  const { layout, segment, text } = place;

  /** Returns the pane's index, which may have moved. */
  function add(record: RecordState, pane: number, term: string): number {
    const size = record.numbers[pane + 1]!;
    const all = record.texts[text]!;
    let from = textBefore(record, pane);
    for (let at = pane + 2; at < pane + 2 + size; at += 2) {
      const length = record.numbers[at]!;
      if (length === term.length && all.startsWith(term, from)) {
        record.numbers[at + 1]! += 1;
        return pane;
      }
      from += length;
    }
    if (size >= termsMax * 2) return pane;
    const grown = growPane(record, place, pane, size, 2);
    record.numbers[grown + 2 + size] = term.length;
    record.numbers[grown + 3 + size] = 1;
    record.texts[text] = from === all.length ? all + term : all.slice(0, from) + term + all.slice(from);
    return grown;
  }

  function textBefore(record: RecordState, pane: number): number {
    let length = 0;
    for (let at = segmentStart(record, layout, segment); at < pane; at += 2 + record.numbers[at + 1]!) {
      length += textOfPane(record, at);
    }
    return length;
  }

  return {
    update(record: RecordState, event: Event): boolean {
      const terms = eventTerms(of, event);
      if (terms.length === 0) return true;
      if (isLate(window, event.timeMs, event.receivedTimeMs)) return false;
      const before = record.used;
      let pane = sizedPane(record, place, paneOf(window, event.timeMs));
      for (let i = 0; i < terms.length; i++) pane = add(record, pane, terms[i]!);
      if (record.used !== before) {
        let gone = 0;
        dropOldPanes(record, place, firstPane(window, event.receivedTimeMs), (at) => {
          gone += textOfPane(record, at);
        });
        if (gone > 0) record.texts[text] = record.texts[text]!.slice(gone);
      }
      return true;
    },
    at(atMs: number): Evaluation {
      const first = firstPane(window, atMs);
      const last = lastPane(window, atMs);
      return {
        list: true,
        value(record) {
          const { numbers } = record;
          const end = segmentEnd(record, layout, segment);
          let at = segmentStart(record, layout, segment);
          if (at === end) return [];
          const all = record.text(text);
          const counts = new Map<string, number>();
          let from = 0;
          for (; at < end; at += 2 + numbers[at + 1]!) {
            const wanted = numbers[at]! >= first && numbers[at]! <= last;
            for (let row = at + 2; row < at + 2 + numbers[at + 1]!; row += 2) {
              const until = from + numbers[row]!;
              if (wanted) {
                const term = all.slice(from, until);
                counts.set(term, (counts.get(term) ?? 0) + numbers[row + 1]!);
              }
              from = until;
            }
          }
          return [...counts]
            .sort((a, b) => b[1] - a[1] || compareTerms(a[0], b[0]))
            .slice(0, count)
            .map(([term]) => term);
        },
      };
    },
  };
}

function textOfPane(record: RecordState, pane: number): number {
  let length = 0;
  const end = pane + 2 + record.numbers[pane + 1]!;
  for (let at = pane + 2; at < end; at += 2) length += record.numbers[at]!;
  return length;
}
