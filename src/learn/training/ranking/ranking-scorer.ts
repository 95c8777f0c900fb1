import { rankingBatches, rankingRows } from '../../actions/ranking-rows.ts';
import { rankingFeeds, type RankingSource } from '../../actions/ranking-feeds.ts';
import { buildMultiTask } from '../../models/multi-task/build-multi-task.ts';
import { tallyUtilisation, type GateUtilisation } from '../../models/multi-task/gate-utilisation.ts';
import type { RankerConfig } from '../../models/ranking/ranker-config.ts';
import { rankingStates, type RankingVocabulary } from '../../models/ranking/ranking-states.ts';
import { input } from '../../tensor/leaf.ts';
import { sigmoid } from '../../tensor/operators/unary.ts';
import { cutParameters, parameterLayout, type ParameterLayout } from '../../tensor/parameters.ts';
import { compileProgram } from '../../tensor/program.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** What a ranking model says of pages. */
export interface RankingScores {
  /** By task, `[places]` of the pages' own numbering; NaN where a place is on none of the lists asked for. */
  readonly probabilities: Readonly<Record<string, Float32Array>>;
  /** How the gates used their experts. */
  readonly gates: readonly GateUtilisation[];
}

/** A ranking model over parameters that may still change. */
export interface RankingScorer {
  /** Scores all places of some pages. @param lists ascending */
  score(source: RankingSource, lists: Int32Array): Promise<RankingScores>;
  close(): Promise<void>;
}

/** A run of the graph: enough to fill the cores. */
const scoringBatch = { candidatesPerBatch: 8192, rowsMax: 256, seed: 0 };
const scoringCandidatesMax = 512;

/**
 * Compiles the scoring graph of a ranking model.
 *
 * @param parameters the present flat vector
 * @param options.layout how the vector is laid out, where the loss brought parameters that the model alone has not (JRC): that of
 *   the training's outcome. @default the model's own
 */
export async function openRankingScorer(
  model: { readonly config: RankerConfig; readonly vocabulary: RankingVocabulary; readonly tasks: readonly string[] },
  parameters: () => Float32Array,
  options: { readonly threads?: number; readonly layout?: ParameterLayout } = {},
): Promise<RankingScorer> {
  const { config, vocabulary, tasks } = model;
  const auxiliary: Tensor[] = [];
  const encode = () => rankingStates(config, vocabulary, 'serving', (aside) => void auxiliary.push(aside));
  const { logits, gates } = buildMultiTask(config.tasks, encode, tasks, 'serving');
  const reached = parameterLayout(Object.values(logits));
  // A search's auxiliary logits are not computed when serving, but their parameters have a place in the vector.
  const { layout = parameterLayout([...Object.values(logits), ...auxiliary]) } = options;
  const outputs: Record<string, Tensor> = Object.fromEntries(tasks.map((task) => [`task/${task}`, sigmoid(logits[task]!)]));
  gates.forEach(({ weights }, at) => (outputs[`gate/${at}`] = weights));
  const program = await compileProgram(outputs, {
    substitutions: cutParameters(layout, input('parameters', 'float32', [layout.size]), reached),
    threads: options.threads ?? 2,
  });
  return {
    async score(source, lists) {
      const rows = rankingRows(source.sequences, source.pages, lists, {
        maxLength: config.encoder.maxLength,
        candidatesMax: scoringCandidatesMax,
      });
      const placeCount = source.pages.subjects.length;
      const probabilities = Object.fromEntries(tasks.map((task) => [task, new Float32Array(placeCount).fill(NaN)] as const));
      const tally = tallyUtilisation(gates);
      for (const batch of rankingBatches(rows, scoringBatch, null)) {
        const { feeds, places } = rankingFeeds(source, lists, batch, null);
        const results = await program.run({ ...feeds, parameters: { data: parameters(), shape: [layout.size] } });
        for (const task of tasks) {
          const own = results[`task/${task}`]!.data as Float32Array;
          const into = probabilities[task]!;
          for (let at = 0; at < places.length; at++) into[places[at]!] = own[at]!;
        }
        tally.add(
          gates.map((_, at) => results[`gate/${at}`]!.data as Float32Array),
          places.length,
        );
      }
      return { probabilities, gates: tally.report() };
    },
    close: () => program.close(),
  };
}
