import { hashGrams, type GramOptions } from '../../../actions/hashed-grams.ts';
import type { TensorValue } from '../../../tensor/tensor-value.ts';

/** Vectors of some queries, row 0 for none. */
export interface QueryTable {
  readonly vectors: TensorValue;
  rowOf(text: string | null): number;
}

/** Makes {@link QueryTable}s. */
export type QueryTables = (texts: readonly (string | null)[]) => Promise<QueryTable>;

/** Vectors that are kept: people type the same things. */
const keptMax = 4096;

/**
 * Query tables over a graph; each distinct text is made a vector once, as long as it is among the latest.
 *
 * @param vectorsOf gram rows `[queries, gramsMax]` → `[queries, dim]`
 */
export function queryTables(dimension: number, grams: GramOptions, vectorsOf: (grams: TensorValue) => Promise<Float32Array>): QueryTables {
  const kept = new Map<string, Float32Array>();
  return async (texts) => {
    const distinct = [...new Set(texts)].filter((text) => text !== null);
    const data = new Float32Array((distinct.length + 1) * dimension);
    const missing = distinct.filter((text) => !kept.has(text));
    const made = new Map<string, Float32Array>();
    if (missing.length > 0) {
      const { rows, count, width } = hashGrams(missing, grams);
      const vectors = await vectorsOf({ data: rows, shape: [count, width] });
      missing.forEach((text, at) => made.set(text, vectors.slice(at * dimension, (at + 1) * dimension)));
    }
    distinct.forEach((text, at) => {
      const vector = made.get(text) ?? kept.get(text)!;
      data.set(vector, (at + 1) * dimension);
      kept.delete(text);
      kept.set(text, vector);
    });
    for (const text of kept.keys()) {
      if (kept.size <= keptMax) break;
      kept.delete(text);
    }
    const rows = new Map(distinct.map((text, at) => [text, at + 1]));
    return { vectors: { data, shape: [distinct.length + 1, dimension] }, rowOf: (text) => (text === null ? 0 : rows.get(text)!) };
  };
}
