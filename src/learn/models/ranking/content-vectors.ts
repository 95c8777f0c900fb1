import { topicsMax } from '../../actions/subject-features.ts';
import { linear } from '../../nn/linear.ts';
import { normal } from '../../tensor/initializers.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { constant, input, parameter } from '../../tensor/leaf.ts';
import { add, divide, maximum } from '../../tensor/operators/binary.ts';
import { greater } from '../../tensor/operators/compare.ts';
import { gatherRows, sumOfRows } from '../../tensor/operators/index-operators.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { concatenate, slice } from '../../tensor/operators/shape.ts';
import { cast } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** Sizes of what is known of subjects and queries before anybody acts on them. */
export interface ContentSizes {
  readonly dimension: number;
  readonly kinds: number;
  /** Rows of the id table, beside none and unknown. */
  readonly idBuckets: number;
  readonly authorBuckets: number;
  readonly topicBuckets: number;
  readonly gramBuckets: number;
  readonly gramsMax: number;
  /** Width of a gram's vector, before its projection to `dimension`. */
  readonly gramDimension: number;
  /** Width of the vectors that were made elsewhere; null where there are none. */
  readonly embeddingDimension: number | null;
}

/** Vectors of the batch's subjects and queries, row 0 for none. */
export interface ContentVectors {
  /** float32 `[subjects, dim]`. */
  readonly subjects: Tensor;
  /** float32 `[queries, dim]`, zeros in row 0. */
  readonly queries: Tensor;
}

/**
 * A vector for every subject: that of its id, where training knew it, and what its content says: kind, author, topics (tags and
 * what it mentions), text as the mean of hashed n-grams, a vector made elsewhere. Of a new subject only the id is unknown.
 *
 * Inputs `subjects/ids`, `/kinds`, `/authors` int32 `[subjects]`, `subjects/topics` int32 `[subjects, topicsMax]`, `subjects/grams` int32 `[subjects, gramsMax]`,
 * `subjects/embeddings` float32 `[subjects, embeddingDimension]`, `queries/grams` int32 `[queries, gramsMax]`.
 */
export function contentVectors(sizes: ContentSizes): ContentVectors {
  const { dimension, gramsMax, embeddingDimension } = sizes;
  return inLayer('content', () => {
    const column = (name: string) => input(`subjects/${name}`, 'int32', ['subjects']);
    const looked = (name: string, rows: number) => gatherRows(parameter(name, [rows, dimension], normal(0.02)), column(`${name}s`));
    const grams = parameter('gram', [sizes.gramBuckets + 1, sizes.gramDimension], normal(0.1));
    const text = (name: string, of: string) =>
      linear(name, meanOfGrams(grams, input(`${of}/grams`, 'int32', [of, gramsMax])), dimension, { bias: false });
    const parts = [
      looked('id', sizes.idBuckets + 2),
      looked('kind', sizes.kinds + 1),
      looked('author', sizes.authorBuckets + 2),
      sumOfRows(
        withoutRow0(parameter('topic', [sizes.topicBuckets + 1, dimension], normal(0.02))),
        input('subjects/topics', 'int32', ['subjects', topicsMax]),
      ),
      text('subjectText', 'subjects'),
    ];
    if (embeddingDimension !== null) {
      const given = input('subjects/embeddings', 'float32', ['subjects', embeddingDimension]);
      parts.push(linear('embedding', given, dimension, { bias: false }));
    }
    return { subjects: parts.reduce(add), queries: text('queryText', 'queries') };
  });
}

/** `[count, width]` gram rows → `[count, gramDimension]`, the mean of those that are not padding. */
function meanOfGrams(table: Tensor, grams: Tensor): Tensor {
  const present = cast(greater(grams, constant(0, { dtype: 'int32' })), 'float32');
  return divide(sumOfRows(withoutRow0(table), grams), maximum(sum(present, { axes: [1], keepDimensions: true }), constant(1)));
}

/** A table whose row 0 is zeros, in place of a mask a row: the table is smaller than what is looked up of it in a batch. */
function withoutRow0(table: Tensor): Tensor {
  const [rows, width] = table.shape as [number, number];
  return concatenate([constant(new Float32Array(width), { shape: [1, width] }), slice(table, 0, 1, rows)], 0);
}
