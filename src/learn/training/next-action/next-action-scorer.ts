import { rankingBatches, rankingRows } from '../../actions/ranking-rows.ts';
import type { SubjectFeatures } from '../../actions/subject-features.ts';
import type { CaseScorer } from '../../evaluation/next-action/evaluate-alive.ts';
import type { EvaluationCases } from '../../evaluation/evaluation-cases.ts';
import { nextActionName, type NextActionConfig } from '../../models/next-action/next-action-config.ts';
import { nextActionVectors, nextActionWidth } from '../../models/next-action/next-action-vectors.ts';
import type { RankingVocabulary } from '../../models/ranking/ranking-states.ts';
import { input } from '../../tensor/leaf.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { cutParameters, parameterLayout, type ParameterLayout } from '../../tensor/parameters.ts';
import { compileProgram } from '../../tensor/program.ts';
import { nextActionFeeds, nextActionSubjectFeeds } from './next-action-feeds.ts';
import type { NextActionSource } from './next-action-source.ts';

/** A next-action model over parameters that may still change. */
export interface NextActionScorer {
  readonly layout: ParameterLayout;
  /**
   * State of each moment asked about, `[moments, width]` in the order given.
   *
   * @param moments numbers of targets, ascending
   */
  states(source: NextActionSource, moments: Int32Array): Promise<Float32Array>;
  /** Vector of each subject, `[subjects, width]`. */
  vectors(features: SubjectFeatures): Promise<Float32Array>;
  /** `[states, subjects]`. */
  scores(states: Float32Array, vectors: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** A run of the graph: enough to fill the cores. */
const scoringBatch = { candidatesPerBatch: 4096, rowsMax: 256, seed: 0 };
const scoringMomentsMax = 128;
/** Subjects whose vectors are made at once. */
const subjectsAtOnce = 4096;

/**
 * Compiles the graphs of a next-action model.
 *
 * @param parameters the present flat vector, laid out as in training
 */
export async function openNextActionScorer(
  model: { readonly config: NextActionConfig; readonly vocabulary: RankingVocabulary },
  parameters: () => Float32Array,
  options: { readonly threads?: number } = {},
): Promise<NextActionScorer> {
  const { config, vocabulary } = model;
  const width = nextActionWidth(config);
  const threads = options.threads ?? 2;
  const { states, subjects } = nextActionVectors(config, vocabulary, 'serving');
  const layout = parameterLayout([states]);
  const substitutions = cutParameters(layout, input('parameters', 'float32', [layout.size]));
  const ofMoments = await compileProgram({ states }, { substitutions, threads });
  const ofSubjects = await compileProgram({ subjects }, { substitutions, threads });
  const sides = [input('states', 'float32', ['rows', width]), input('vectors', 'float32', ['subjects', width])] as const;
  const products = await compileProgram({ scores: matmul(...sides, { transposeRight: true }) }, { threads });
  const present = () => ({ parameters: { data: parameters(), shape: [layout.size] } });
  return {
    layout,
    async states(source, moments) {
      const rows = rankingRows(source.sequences, source.pages, moments, {
        maxLength: config.encoder.maxLength,
        candidatesMax: scoringMomentsMax,
      });
      const placeOf = new Map<number, number>(Array.from(moments, (moment, at) => [moment, at]));
      const all = new Float32Array(moments.length * width);
      for (const batch of rankingBatches(rows, scoringBatch, null)) {
        const { feeds, places } = nextActionFeeds(source, moments, batch, null);
        const found = (await ofMoments.run({ ...feeds, ...present() }))['states']!.data as Float32Array;
        places.forEach((moment, at) => all.set(found.subarray(at * width, (at + 1) * width), placeOf.get(moment)! * width));
      }
      return all;
    },
    async vectors(features) {
      const all = new Float32Array(features.count * width);
      for (let from = 0; from < features.count; from += subjectsAtOnce) {
        const numbers = Array.from({ length: Math.min(subjectsAtOnce, features.count - from) }, (_, at) => from + at);
        const found = (await ofSubjects.run({ ...nextActionSubjectFeeds(features, numbers), ...present() }))['subjects']!
          .data as Float32Array;
        // Row 0 stands for none.
        all.set(found.subarray(width), from * width);
      }
      return all;
    },
    async scores(some, vectors) {
      const results = await products.run({
        states: { data: some, shape: [some.length / width, width] },
        vectors: { data: vectors, shape: [vectors.length / width, width] },
      });
      return results['scores']!.data as Float32Array;
    },
    async close() {
      await Promise.all([ofMoments.close(), ofSubjects.close(), products.close()]);
    },
  };
}

/**
 * The model as what answers cases: all states are made at once, scores as they are asked for.
 *
 * @param cases of the interactions that the source's targets are (`interactionsOfTargets`)
 * @param vectors others than the model's own, to see what they are worth
 */
export async function askNextActions(
  scorer: NextActionScorer,
  model: { readonly config: NextActionConfig },
  source: NextActionSource,
  cases: EvaluationCases,
  vectors?: Float32Array,
): Promise<CaseScorer> {
  const width = nextActionWidth(model.config);
  const states = await scorer.states(source, cases.historyEnds);
  const table = vectors ?? (await scorer.vectors(source.subjects));
  return {
    name: nextActionName(model.config),
    score: (from, to) => scorer.scores(states.subarray(from * width, to * width), table),
  };
}
