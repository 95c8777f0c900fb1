import { inLayer } from '../../../tensor/layer-path.ts';
import { reshape } from '../../../tensor/operators/shape.ts';
import { sigmoid } from '../../../tensor/operators/unary.ts';
import { subtract } from '../../../tensor/operators/binary.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import { denseLayers } from '../../multi-task/dense-layers.ts';
import { stackedLogits } from '../../multi-task/stacked-tasks.ts';
import { contentVectors } from '../content-vectors.ts';
import { rankingEmbedding } from '../embed-ranking.ts';
import { listStage } from '../list-stage.ts';
import type { CandidateEncoderConfig, RankerConfig } from '../ranker-config.ts';
import type { CandidateInputs } from '../ranking-inputs.ts';
import { candidateStates, finalNorm, type RankingVocabulary } from '../ranking-states.ts';
import { candidatesOfEncoded, encodeLaterActions } from './hstu-serving.ts';
import { encodedHistory, forEachCandidate, servedActions, servedCandidates, servedMoment, servedVectors } from './serving-inputs.ts';

/** What is served: a model of one or several tasks that share all below their towers. */
export interface ServedPart {
  /** Layer that the part's parameters stand under: the task's, in a model that shares nothing; else empty. */
  readonly layer: string;
  readonly tasks: readonly string[];
}

/** The parts of a model: one, or one a task where nothing is shared. */
export function servedParts(config: RankerConfig, tasks: readonly string[]): ServedPart[] {
  const trunk = config.tasks.kind === 'esmm' ? config.tasks.trunk : config.tasks;
  return trunk.kind === 'single-task' ? tasks.map((task) => ({ layer: task, tasks: [task] })) : [{ layer: '', tasks }];
}

/** Graphs of a part by the name of their file, each with outputs by name. */
export type ServingGraphs = Readonly<Record<string, Readonly<Record<string, Tensor>>>>;

/** Whether a history is encoded once and kept; otherwise it is read anew for each micro-batch of candidates. */
export function keepsHistory(encoder: CandidateEncoderConfig): encoder is CandidateEncoderConfig & { kind: 'hstu' } {
  return encoder.kind === 'hstu';
}

/**
 * The graphs that serve a part:
 *
 * - `subject-vectors`, `query-vectors`: content → `vectors` `[subjects, dim]`, `[queries, dim]`;
 * - `encode-history`, of encoders that keep it: later actions and what is kept of those before → `blockN/key`, `blockN/value`
 *   of the later ones;
 * - `score-candidates`: a page's candidates with the history, encoded or as it is → `logits` and `probabilities`,
 *   `[tasks, candidates]`.
 *
 * The maths is that of `rankingStates` and `buildMultiTask`, to the rounding.
 */
export function servingGraphs(config: RankerConfig, vocabulary: RankingVocabulary, part: ServedPart): ServingGraphs {
  const { dimension } = config;
  const inPart = <Result>(build: () => Result): Result => (part.layer === '' ? build() : inLayer(part.layer, build));
  const content = inPart(() => contentVectors({ dimension, ...config.content, ...vocabulary }));
  const states = inPart(() => pageStates(config, vocabulary));
  const logits = taskLogits(config, part, finalNorm(reshape(states, [-1, dimension])));
  return {
    'subject-vectors': { vectors: content.subjects },
    'query-vectors': { vectors: content.queries },
    ...(keepsHistory(config.encoder) && { 'encode-history': inPart(() => historyCaches(config, vocabulary)) }),
    'score-candidates': { logits, probabilities: sigmoid(logits) },
  };
}

function historyCaches(config: RankerConfig, vocabulary: RankingVocabulary): Record<string, Tensor> {
  const { dimension } = config;
  const encoder = { ...config.encoder, dimension, dropout: 0 } as Parameters<typeof encodeLaterActions>[0];
  const inputs = servedActions();
  const actions = rankingEmbedding({ dimension, ...vocabulary }, 0).actions(inputs, servedVectors(dimension));
  const caches = inLayer('encoder', () => encodeLaterActions(encoder, actions, inputs.seconds, encodedHistory(encoder)));
  return Object.fromEntries(
    caches.flatMap(({ key, value }, at) => [
      [`block${at}/key`, key],
      [`block${at}/value`, value],
    ]),
  );
}

/** `[1, candidates, dim]`. */
function pageStates(config: RankerConfig, vocabulary: RankingVocabulary): Tensor {
  const { dimension } = config;
  const vectors = servedVectors(dimension);
  const page = servedCandidates();
  const moments = servedMoment(vocabulary);
  // All are on one page.
  const lists = subtract(page.subjects, page.subjects);
  if (!keepsHistory(config.encoder)) {
    const { dense, ...shared } = page;
    const each = Object.fromEntries(Object.entries(shared).map(([name, value]) => [name, forEachCandidate(value, page)]));
    return candidateStates(
      config,
      vocabulary,
      { history: servedActions(), candidates: { ...each, dense, lists } as unknown as CandidateInputs, pages: null, moments },
      vectors,
      'serving',
    );
  }
  const encoder = { ...config.encoder, dimension, dropout: 0 };
  const candidates = rankingEmbedding({ dimension, ...vocabulary }, 0).candidates(page, vectors, { dense: page.dense, moments, of: null });
  const states = inLayer('encoder', () => candidatesOfEncoded(encoder, candidates, page, encodedHistory(encoder)));
  return config.listStage === null ? states : listStage({ ...config.listStage, dropout: 0 }, states, lists);
}

/** `[tasks, candidates]`. */
function taskLogits({ tasks: config }: RankerConfig, { layer, tasks }: ServedPart, x: Tensor): Tensor {
  if (layer === '') return stackedLogits(config, x, tasks);
  // A model that shares nothing: the task's network stands in its own layer, its tower beside those of the others.
  const hidden = config.kind === 'single-task' ? config.hidden : [];
  const own = inLayer(layer, () => denseLayers('network', x, hidden));
  return stackedLogits({ kind: 'shared-bottom', hidden: [], tower: config.tower, dropout: 0 }, own, tasks);
}
