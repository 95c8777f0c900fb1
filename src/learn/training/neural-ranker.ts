import type { Ranker } from '../interaction-sequences.ts';
import { modelName, usesTimes, type ModelConfig } from '../models/model-config.ts';
import { scoringGraph } from '../models/scoring-graph.ts';
import { scoreHistories } from '../models/sequence-scorer.ts';
import { input } from '../tensor/leaf.ts';
import { cutParameters, parameterLayout, type ParameterLayout } from '../tensor/parameters.ts';
import { compileProgram } from '../tensor/program.ts';

/** A ranker over parameters that still change: compiled once, scores with whatever they are at the call. */
export interface NeuralRanker extends Ranker {
  close(): Promise<void>;
}

/**
 * Compiles the scoring graph of a model in training.
 *
 * @param parameters the present flat vector
 * @param options.layout how the vector is laid out, where training has parameters that scoring has not. @default scoring's own
 */
export async function neuralRanker(
  config: ModelConfig,
  itemCount: number,
  parameters: () => Float32Array,
  options: { readonly threads?: number; readonly layout?: ParameterLayout } = {},
): Promise<NeuralRanker> {
  const scores = scoringGraph(config, itemCount);
  const reached = parameterLayout([scores]);
  const { layout = reached } = options;
  const substitutions = cutParameters(layout, input('parameters', 'float32', [layout.size]), reached);
  const program = await compileProgram({ scores }, { substitutions, threads: options.threads ?? 2 });
  return {
    name: modelName(config),
    itemCount,
    score: (batch) =>
      scoreHistories(batch, {
        maxLength: config.maxLength,
        itemCount,
        times: usesTimes(config),
        async run(feeds) {
          const results = await program.run({ ...feeds, parameters: { data: parameters(), shape: [layout.size] } });
          return results['scores']!.data as Float32Array;
        },
      }),
    close: () => program.close(),
  };
}
