import type { Tensor } from '../tensor.ts';
import { multiply } from './binary.ts';
import { l2Normalize } from './normalize.ts';
import { sum } from './reduce.ts';

/** Cosine of the angle between vectors along the last axis, the others broadcast; 0 where one is the zero vector. */
export function cosineSimilarity(left: Tensor, right: Tensor): Tensor {
  return sum(multiply(l2Normalize(left), l2Normalize(right)), { axes: [-1] });
}
