import type { Tensor } from './tensor.ts';

/**
 * The tensor that indices come from, through casts and reshapes, which change neither their values nor their order.
 *
 * Where it is an input, what is fed is known before a run: it can be checked, and sums by it planned.
 */
export function sourceOfIndices(indices: Tensor): Tensor {
  let source = indices;
  while (['cast', 'reshape'].includes(source.node.kind)) source = source.node.inputs[0]!;
  return source;
}
