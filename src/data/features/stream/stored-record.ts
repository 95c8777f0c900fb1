import type { RecordMemory } from '../store/record-memory.ts';
import type { RecordView } from './operators/operator.ts';
import { storedText, type RecordLayout } from './record-state.ts';

/** A record read where it lies in a store's memory; one is moved over many. */
export interface StoredRecord {
  readonly view: RecordView;
  /** Looks at another record, until the next move. */
  moveTo(memory: RecordMemory): void;
}

/** Makes a {@link StoredRecord}. */
export function createStoredRecord(layout: RecordLayout): StoredRecord {
  // Plain fields, in the order of every other view of a record: evaluation sees one shape.
  const view = {
    numbers: new Float64Array(0) as Float64Array,
    words: new Uint32Array(0) as Uint32Array,
    base: 0,
    text: (index: number) => storedText(view, layout, index),
  };
  return {
    view,
    moveTo(memory) {
      view.numbers = memory.numbers;
      view.words = memory.words;
      view.base = memory.base;
    },
  };
}
