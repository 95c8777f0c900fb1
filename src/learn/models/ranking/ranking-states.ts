import { NisusError } from '../../../base/error.ts';
import { standardize } from '../../tensor/operators/normalize.ts';
import { gatherRows } from '../../tensor/operators/index-operators.ts';
import { reshape } from '../../tensor/operators/shape.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { contentVectors, type ContentSizes, type ContentVectors } from './content-vectors.ts';
import { din } from './din.ts';
import { rankingEmbedding, type ActionSizes } from './embed-ranking.ts';
import type { FoundActions } from './exact-search.ts';
import { hstuRanker } from './hstu-ranker.ts';
import { listStage } from './list-stage.ts';
import type { CandidateEncoderConfig, RankerConfig } from './ranker-config.ts';
import { rankingInputs, type EmbeddedRanking, type RankingInputs, type TokenInputs } from './ranking-inputs.ts';
import { sasrecRanker } from './sasrec-ranker.ts';
import { searchHistory } from './search-history.ts';
import { sim } from './sim.ts';
import { transformerRanker } from './transformer-ranker.ts';

/** Sizes that follow from the data: how many of each there are. */
export interface RankingVocabulary extends Omit<ActionSizes, 'dimension'>, Pick<ContentSizes, 'kinds' | 'embeddingDimension'> {}

/**
 * All of a ranking model below its tasks: the candidates of a batch in the light of their users' histories.
 *
 * @param mode dropout is left out when serving
 * @param onAuxiliary told the logits `[examples]` of a soft search's auxiliary task; they have parameters of their own
 * @returns float32 `[examples, dim]`, one a candidate that is none of the padding
 */
export function rankingStates(
  config: RankerConfig,
  vocabulary: RankingVocabulary,
  mode: 'training' | 'serving',
  onAuxiliary?: (logits: Tensor) => void,
): Tensor {
  const inputs = rankingInputs(vocabulary);
  const vectors = contentVectors({ dimension: config.dimension, ...config.content, ...vocabulary });
  const states = candidateStates(config, vocabulary, { ...inputs, moments: inputs.pages.moments }, vectors, mode, (logits) =>
    onAuxiliary?.(gatherRows(reshape(logits, [-1]), inputs.examples)),
  );
  return finalNorm(gatherRows(reshape(states, [-1, config.dimension]), inputs.examples));
}

/** What tasks read of a candidate's state; without it, the size of a state would be a feature of its own. */
export function finalNorm(states: Tensor): Tensor {
  return standardize(states, 1e-6);
}

/** What {@link candidateStates} reads. */
export interface RankedRows extends Pick<RankingInputs, 'history' | 'candidates'> {
  /** Null where all candidates of a row are on one page. */
  readonly pages: RankingInputs['pages'] | null;
  /** Of the pages; see `PageInputs`. */
  readonly moments: Tensor;
}

/** {@link rankingStates} over any inputs and vectors of subjects and queries, padding included: `[batch, candidates, dim]`. */
export function candidateStates(
  config: RankerConfig,
  vocabulary: RankingVocabulary,
  { history, candidates, pages, moments }: RankedRows,
  vectors: ContentVectors,
  mode: 'training' | 'serving',
  onAuxiliary?: (logits: Tensor) => void,
): Tensor {
  const { dimension } = config;
  const dropping = (dropout: number) => (mode === 'training' ? dropout : 0);
  const embedding = rankingEmbedding({ dimension, ...vocabulary }, dropping(config.embeddingDropout));
  const embedded: EmbeddedRanking = {
    actions: embedding.actions(history, vectors),
    candidates: embedding.candidates(candidates, vectors, { dense: candidates.dense, moments, of: pages?.of ?? null }),
    actionSeconds: history.seconds,
    candidateSeconds: candidates.seconds,
    visible: candidates.visible,
    pages,
  };
  const encoder = { ...config.encoder, dropout: dropping(config.encoder.dropout) };
  const tokens = (given: TokenInputs) => embedding.actions(given, vectors);
  const searched = encoder.kind === 'sim' ? inLayer('encoder', () => searchHistory(encoder.search, embedded, tokens)) : null;
  if (searched?.auxiliaryLogits != null) onAuxiliary?.(searched.auxiliaryLogits);
  const states = inLayer('encoder', () => encodeCandidates(encoder, dimension, embedded, searched?.found));
  if (config.listStage === null) return states;
  return listStage({ ...config.listStage, dropout: dropping(config.listStage.dropout) }, states, candidates.lists);
}

/**
 * The encoder of a config: see {@link EmbeddedRanking}; `[batch, candidates, dim]`.
 *
 * @param found what a search of the whole history gave; needed by SIM alone
 */
export function encodeCandidates(
  config: CandidateEncoderConfig,
  dimension: number,
  embedded: EmbeddedRanking,
  found?: FoundActions,
): Tensor {
  switch (config.kind) {
    case 'hstu':
      return hstuRanker({ ...config, dimension }, embedded);
    case 'transformer':
      return transformerRanker({ ...config, dimension }, embedded);
    case 'sasrec':
      return sasrecRanker({ ...config, dimension }, embedded);
    case 'din':
      return din(config, embedded);
    case 'sim':
      return sim(config, embedded, (window) => din({ ...config, dropout: 0 }, window), found ?? missingSearch());
  }
}

function missingSearch(): never {
  throw new NisusError(
    'RANKER_SEARCH',
    'a SIM encoder needs what a search of the history found: give encodeCandidates its fourth argument',
  );
}
