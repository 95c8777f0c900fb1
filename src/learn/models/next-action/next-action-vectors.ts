/**
 * One sequence for all domains: what people did in content, features, search and trading is one history of actions, and one
 * state of it scores every subject, whatever its kind, against a vector of id and content (after Zhai et al. 2024, "Actions
 * Speak Louder than Words", section 2, where ranking and retrieval read one sequence; content beside ids, so that what is
 * new can be scored, as in Rajput et al. 2023 and many before).
 *
 * A moment is asked about by a token that stands for nothing but the time since the last action; it passes through the
 * blocks as a candidate of a ranking model does, looks at the actions that were visible then, and at no later one. So every
 * encoder of `../ranking` serves, many moments of one history are asked in one pass, and a history may be empty.
 *
 * Departure: what is new is not only unknown but likelier, and what is old less so; a term of age, weighted by the state,
 * is part of the score (`../../nn/age-kernel.ts`).
 */
import { ageQuery, ageWaves } from '../../nn/age-kernel.ts';
import { linear } from '../../nn/linear.ts';
import { normal } from '../../tensor/initializers.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { input } from '../../tensor/leaf.ts';
import { gatherRows } from '../../tensor/operators/index-operators.ts';
import { standardize } from '../../tensor/operators/normalize.ts';
import { concatenate, reshape } from '../../tensor/operators/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { contentVectors } from '../ranking/content-vectors.ts';
import { rankingEmbedding } from '../ranking/embed-ranking.ts';
import { rankingInputs } from '../ranking/ranking-inputs.ts';
import { encodeCandidates, type RankingVocabulary } from '../ranking/ranking-states.ts';
import type { NextActionConfig } from './next-action-config.ts';

/** Width of the vectors of states and subjects: those of the model, then the waves of age. */
export function nextActionWidth({ dimension }: Pick<NextActionConfig, 'dimension'>): number {
  return dimension + 2 * ageWaves;
}

/** What a model makes of a batch; the score of a subject at a moment is the product of their rows. */
export interface NextActionVectors {
  /** `[examples, width]`, of what was visible at each moment, and of the moment. */
  readonly states: Tensor;
  /** `[subjects, width]`, of the batch's subjects, row 0 for none. */
  readonly subjects: Tensor;
}

/**
 * Builds the model on the inputs of `rankingInputs` and `contentVectors`, and `moments/waves` float32 `[examples, 2 · ageWaves]`,
 * `subjects/waves` float32 `[subjects, 2 · ageWaves]`: `wavesOf` the moments and of when subjects came to be.
 *
 * @param mode dropout is left out when serving
 */
export function nextActionVectors(
  config: NextActionConfig,
  vocabulary: RankingVocabulary,
  mode: 'training' | 'serving',
): NextActionVectors {
  const { dimension } = config;
  const dropping = (dropout: number) => (mode === 'training' ? dropout : 0);
  const { history, candidates, examples } = rankingInputs(vocabulary);
  const vectors = contentVectors({ dimension, ...config.content, ...vocabulary });
  const embedding = rankingEmbedding({ dimension, ...vocabulary }, dropping(config.embeddingDropout));
  const embedded = {
    actions: embedding.actions(history, vectors),
    candidates: embedding.candidates(candidates, vectors),
    actionSeconds: history.seconds,
    candidateSeconds: candidates.seconds,
    visible: candidates.visible,
  };
  const encoder = { ...config.encoder, dropout: dropping(config.encoder.dropout) };
  const encoded = inLayer('encoder', () => encodeCandidates(encoder, dimension, embedded));
  const states = standardize(gatherRows(reshape(encoded, [-1, dimension]), examples), 1e-6);
  const weights = linear('age', states, 2 * ageWaves, { initializer: normal(0.02) });
  return {
    states: concatenate([states, ageQuery(weights, input('moments/waves', 'float32', ['examples', 2 * ageWaves]))], 1),
    subjects: concatenate([vectors.subjects, input('subjects/waves', 'float32', ['subjects', 2 * ageWaves])], 1),
  };
}
