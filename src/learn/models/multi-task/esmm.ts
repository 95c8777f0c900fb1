/**
 * ESMM: Ma et al., "Entire space multi-task model: an effective approach for estimating post-click conversion rate",
 * SIGIR 2018.
 *
 *     pCTCVR = pCTR · pCVR                                               (eq. 1, 3)
 *     L = BCE(click, pCTR) + BCE(click and conversion, pCTCVR)           (eq. 4), both over all impressions
 *
 * pCVR itself has no loss: it is learned through the product, over the entire space and not over the clicked part of it.
 *
 * With logits a (click) and b (conversion), the product σ(a)σ(b) has the logit
 *
 *     c = −log(e⁻ᵃ + e⁻ᵇ + e⁻⁽ᵃ⁺ᵇ⁾)
 *
 * for 1 / (σ(a)σ(b)) = (1 + e⁻ᵃ)(1 + e⁻ᵇ). So the second loss is an ordinary, stable BCE on c, and c ≤ min(a, b) holds in
 * floating point too.
 */
import { add } from '../../tensor/operators/binary.ts';
import { logSumExp } from '../../tensor/operators/reduce.ts';
import { stack } from '../../tensor/operators/shape.ts';
import { negate } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/**
 * The logit of "both happen", from the logits of the first and of the second given the first: `[batch]` → `[batch]`.
 *
 * @param first logit of pCTR
 * @param secondGivenFirst logit of pCVR
 */
export function bothLogit(first: Tensor, secondGivenFirst: Tensor): Tensor {
  const [a, b] = [negate(first), negate(secondGivenFirst)];
  return negate(logSumExp(stack([a, b, add(a, b)], 1), { axes: [1] }));
}
