import { learnedDice } from '../../nn/learned-dice.ts';
import { linear } from '../../nn/linear.ts';
import { relativeTimeGaps } from '../../nn/time-gap-buckets.ts';
import { glorotUniform, normal, zeros } from '../../tensor/initializers.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { parameter } from '../../tensor/leaf.ts';
import { add, multiply, subtract } from '../../tensor/operators/binary.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { concatenate, expandDimension, reshape, transpose } from '../../tensor/operators/shape.ts';
import { pad } from '../../tensor/operators/pad.ts';
import { multiplyDimensions } from '../../tensor/dimension.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { EmbeddedRanking } from './ranking-inputs.ts';

/**
 * The local activation unit of Zhou et al. 2018 (sec. 4.3): how much each action h of a history speaks for or against each
 * candidate c, MLP(h, c, h ⊙ c, gap) with Dice.
 *
 * The paper's first layer also reads h − c, and the public code concatenates all four. A linear layer does not gain by it:
 * W₁h + W₂c + W₃(h − c) is (W₁ + W₃)h + (W₂ − W₃)c. Nor is anything concatenated: with diag(c) the product's part becomes
 * h·(diag(c)W₄ + W₁), a matrix a candidate, so the largest tensor is `[batch, length, candidates, hidden]`, and no pair of an
 * action and a candidate ever stands in full width.
 *
 * The gap, from action to page, is a further number that the unit reads; the paper has no times.
 *
 * @param hidden widths of the hidden layers, at least one
 * @returns `[batch, length, candidates]`, not masked. Cost: batch × length × candidates × dim × hidden[0]
 */
export function activationUnit(
  { actions, candidates, actionSeconds, candidateSeconds }: EmbeddedRanking,
  hidden: readonly number[],
): Tensor {
  const [first, ...others] = hidden as readonly [number, ...number[]];
  const dimension = candidates.shape[2] as number;
  const [batch, length] = actions.shape as [string, string];
  const count = candidates.shape[1]!;
  return inLayer('activation', () => {
    const pairs = inLayer('hidden0', () => {
      const ofCandidate = matmul(candidates, parameter('candidate', [dimension, first], glorotUniform));
      const ofAction = parameter('action', [dimension, first], glorotUniform);
      const ofProduct = parameter('product', [dimension, first], glorotUniform);
      const columns = expandDimension(transpose(candidates, [0, 2, 1]), 3);
      // What an action is multiplied with is made once a candidate, not once a pair: [batch, dim, candidates, hidden].
      const matrices = add(multiply(columns, expandDimension(ofProduct, 1)), expandDimension(ofAction, 1));
      const offsets = expandDimension(add(ofCandidate, parameter('bias', [first], zeros)), 1);
      const flat = reshape(concatenate([matrices, offsets], 1), [batch, dimension + 1, multiplyDimensions(count, first)]);
      // A one beside each action picks the offset up, which spares a pass over all pairs.
      const products = matmul(pad(actions, 2, 0, 1, 1), flat);
      const gaps = relativeTimeGaps(subtract(expandDimension(candidateSeconds, 1), expandDimension(actionSeconds, 2)));
      const ofGap = matmul(expandDimension(gaps, 3), parameter('gap', [1, first], normal(0.1)));
      return learnedDice(add(reshape(products, [batch, length, count, first], candidates), ofGap));
    });
    const top = others.reduce((layer, width, at) => inLayer(`hidden${at + 1}`, () => learnedDice(linear('linear', layer, width))), pairs);
    return reshape(linear('weight', top, 1), [batch, length, count], candidates);
  });
}
