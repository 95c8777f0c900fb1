import type { Event } from '../../../events/event.ts';
import type { RecordMemory } from '../../store/record-memory.ts';
import type { RecordLayout, RecordState } from '../record-state.ts';

/**
 * How one feature keeps and gives its value. State lies in segments of a record; an operator itself has none, so one
 * serves all keys of its view.
 */
export interface Operator {
  /**
   * Adds one known event to a record; events come in order of offset.
   *
   * @param amount the number of the measure, 1 for `one`
   * @param role which of the feature's measures it belongs to; 0 where there is one, 1 for a ratio's denominator
   * @returns false where the event came too late for its sealed pane
   */
  update(record: RecordState, event: Event, amount: number, role: number): boolean;
  /** Makes what gives the value of any record at one moment. Numbers: NaN is null. */
  at(atMs: number): Evaluation;
}

/** Gives values of many records at one moment. */
export type Evaluation =
  | { readonly list: false; value(record: RecordView): number }
  | { readonly list: true; value(record: RecordView): readonly string[] };

/** A record to be read: a cached one, or a stored one where it lies. */
export interface RecordView extends RecordMemory {
  text(index: number): string;
}

/** Where an operator's state lies. */
export interface Place {
  readonly layout: RecordLayout;
  /** Its first segment. */
  readonly segment: number;
  /** Its text; meaningless where it has none. */
  readonly text: number;
}
