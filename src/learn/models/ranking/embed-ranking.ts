import { linear } from '../../nn/linear.ts';
import { timeGapBucketCount } from '../../nn/time-gap-buckets.ts';
import { normal } from '../../tensor/initializers.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { constant, parameter } from '../../tensor/leaf.ts';
import { add, multiply } from '../../tensor/operators/binary.ts';
import { dropout } from '../../tensor/operators/flow.ts';
import { gatherRows } from '../../tensor/operators/index-operators.ts';
import { expandDimension, reshape } from '../../tensor/operators/shape.ts';
import { silu } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { ContentVectors } from './content-vectors.ts';
import type { CandidateInputs, TokenInputs } from './ranking-inputs.ts';

/** Sizes of actions as tokens. */
export interface ActionSizes {
  readonly dimension: number;
  readonly actions: number;
  readonly domains: number;
  /** `[actions]`, the domain of each action. */
  readonly domainOfAction: readonly number[];
  readonly surfaces: number;
}

/** Makes tokens of actions and candidates: tables that both read are one. */
export interface RankingEmbedding {
  /** `[batch, length]` inputs → `[batch, length, dim]`. */
  actions(inputs: TokenInputs, vectors: ContentVectors): Tensor;
  /** `[batch, candidates]` inputs, or `[batch, 1]` where all share one value → `[batch, candidates, dim]`. */
  candidates(
    inputs: Pick<CandidateInputs, 'subjects' | 'surfaces' | 'queries' | 'gaps'>,
    vectors: ContentVectors,
    features?: CandidateFeatures,
  ): Tensor;
}

/** What is told of candidates in numbers. */
export interface CandidateFeatures extends Pick<CandidateInputs, 'dense'> {
  /** `[batch, pages, features]`; see `PageInputs`. */
  readonly moments: Tensor;
  /** The page of each candidate; null where all of a row share its one page. */
  readonly of: Tensor | null;
}

/**
 * One token for an action of any domain: the sum of what it was about, what was done, in which domain, on which surface,
 * after how long, with what text, and how much of it (dwell, money), each with a vector of its own. A candidate is its
 * subject, surface, query, the time since the last action and, where they are given, its features and those of the moment.
 *
 * @param dropoutRate of whole tokens' elements; 0 when serving
 */
export function rankingEmbedding(sizes: ActionSizes, dropoutRate: number): RankingEmbedding {
  const { dimension } = sizes;
  return inLayer('embedding', () => {
    const table = (name: string, rows: number) => parameter(name, [rows, dimension], normal(0.02));
    const action = table('action', sizes.actions + 1);
    const domain = table('domain', sizes.domains + 1);
    const surface = table('surface', sizes.surfaces);
    const gap = table('gap', timeGapBucketCount);
    const value = table('value', sizes.actions + 1);
    const candidateSurface = table('candidateSurface', sizes.surfaces);
    const candidateGap = table('candidateGap', timeGapBucketCount);
    const domainRows = constant(Int32Array.of(0, ...sizes.domainOfAction.map((code) => code + 1)), { dtype: 'int32' });
    return {
      actions(inputs, vectors) {
        const parts = [
          gatherRows(vectors.subjects, inputs.subjects),
          gatherRows(vectors.queries, inputs.queries),
          gatherRows(add(action, gatherRows(domain, domainRows)), inputs.actions),
          gatherRows(surface, inputs.surfaces),
          gatherRows(gap, inputs.gaps),
          multiply(gatherRows(value, inputs.actions), expandDimension(inputs.values, 2)),
        ];
        return dropout(parts.reduce(add), dropoutRate);
      },
      candidates(inputs, vectors, features) {
        const parts = [
          // Subjects last: when serving, the others are one for the whole page.
          gatherRows(vectors.queries, inputs.queries),
          gatherRows(candidateSurface, inputs.surfaces),
          gatherRows(candidateGap, inputs.gaps),
          gatherRows(vectors.subjects, inputs.subjects),
          ...(features === undefined ? [] : [featureVectors(features, dimension)]),
        ];
        return dropout(parts.reduce(add), dropoutRate);
      },
    };
  });
}

/** Units of the hidden layer over features at most: what a page of a thousand candidates waits for grows with them. */
const FEATURE_UNITS = 32;

/**
 * `[batch, candidates, dim]`, by one hidden layer over the features of a candidate and of its moment: what a count means depends on the
 * others. The moment's share of it is made once a page; it
 * begins small, for what all candidates share would drown what tells them apart.
 */
function featureVectors({ dense, moments, of }: CandidateFeatures, dimension: number): Tensor {
  return inLayer('embedding', () => {
    const units = Math.min(FEATURE_UNITS, dimension);
    const ofPages = linear('moment', moments, units, { bias: false, initializer: normal(0.02) });
    const ofMoments = of === null ? ofPages : gatherRows(reshape(ofPages, [-1, units]), of);
    return linear('dense1', silu(add(linear('dense0', dense, units), ofMoments)), dimension);
  });
}
