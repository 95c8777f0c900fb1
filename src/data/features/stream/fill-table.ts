import type { FeatureColumn, FeatureTable } from '../feature-table.ts';
import type { FeatureDefinition } from '../feature-declaration.ts';
import type { Checkpoint } from '../store/feature-store.ts';
import type { CompiledFeature, CompiledView } from './compile-view.ts';
import type { Evaluation, RecordView } from './operators/operator.ts';
import { segmentsAreEmpty } from './record-state.ts';

/** A table under way: rows are filled in any order, each once; rows that are not filled are those of keys without events. */
export interface TableFiller {
  fill(row: number, record: RecordView): void;
  finish(): FeatureTable;
}

/** What to fill a table for. */
export interface TableRequest {
  readonly features: readonly CompiledFeature[];
  readonly keys: readonly string[];
  readonly atMs: number;
  readonly checkpoint: Checkpoint;
  readonly timeToLiveMs: number | null;
}

interface NumberColumn {
  readonly feature: CompiledFeature;
  readonly evaluation: Extract<Evaluation, { list: false }>;
  readonly column: Float64Array;
}

interface ListColumn {
  readonly feature: CompiledFeature;
  readonly evaluation: Extract<Evaluation, { list: true }>;
  readonly column: (readonly string[])[];
}

/** Begins a table. Cost of a row: each feature's `value`. */
export function createTableFiller({ layout }: CompiledView, request: TableRequest): TableFiller {
  const { keys, checkpoint } = request;
  const atMs = Math.max(request.atMs, checkpoint.receivedTimeMs + 1);
  const expiredBeforeMs = request.timeToLiveMs === null ? -Infinity : atMs - request.timeToLiveMs;
  const numbers = new Float64Array(layout.bodyStart);
  const empty: RecordView = { numbers, words: new Uint32Array(numbers.buffer), base: 0, text: () => '' };
  const numberColumns: NumberColumn[] = [];
  const listColumns: ListColumn[] = [];
  const columns: Record<string, FeatureColumn<FeatureDefinition>> = {};
  // All numbers of the table lie in one run: one allocation, whatever the number of features.
  const cells = new Float64Array(keys.length * request.features.length);
  for (const feature of request.features) {
    const { name, operator } = feature;
    const evaluation = operator.at(atMs);
    if (evaluation.list) {
      const column = new Array<readonly string[]>(keys.length).fill(evaluation.value(empty));
      listColumns.push({ feature, evaluation, column });
      columns[name] = column;
    } else {
      const column = cells.subarray(numberColumns.length * keys.length, (numberColumns.length + 1) * keys.length);
      column.fill(evaluation.value(empty));
      numberColumns.push({ feature, evaluation, column });
      columns[name] = column;
    }
  }
  const touchedMs = new Float64Array(keys.length).fill(Number.NaN);
  return {
    fill(row, record) {
      const touched = record.numbers[record.base]!;
      if (touched < expiredBeforeMs) return;
      touchedMs[row] = touched;
      for (let i = 0; i < numberColumns.length; i++) {
        const { feature, evaluation, column } = numberColumns[i]!;
        if (segmentsAreEmpty(record, feature.segment, feature.segments)) continue; // Filled with that already.
        column[row] = evaluation.value(record);
      }
      for (let i = 0; i < listColumns.length; i++) {
        const { feature, evaluation, column } = listColumns[i]!;
        if (segmentsAreEmpty(record, feature.segment, feature.segments)) continue;
        column[row] = evaluation.value(record);
      }
    },
    finish() {
      const { nextOffset, receivedTimeMs } = checkpoint;
      return { keys, atMs, consumed: { nextOffset, receivedTimeMs }, columns, touchedMs };
    },
  };
}
