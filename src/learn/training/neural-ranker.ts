import type { Ranker } from '../interaction-sequences.ts';
import { modelName, usesTimes, type ModelConfig } from '../models/model-config.ts';
import { scoringGraph } from '../models/scoring-graph.ts';
import { scoreHistories } from '../models/sequence-scorer.ts';
import { input } from '../tensor/leaf.ts';
import { cutParameters, parameterLayout } from '../tensor/parameters.ts';
import { compileProgram } from '../tensor/program.ts';

/** A ranker over parameters that still change: compiled once, scores with whatever they are at the call. */
export interface NeuralRanker extends Ranker {
  close(): Promise<void>;
}

/**
 * Compiles the scoring graph of a model in training.
 *
 * @param parameters the present flat vector, laid out as in training
 */
export async function neuralRanker(
  config: ModelConfig,
  itemCount: number,
  parameters: () => Float32Array,
  options: { readonly threads?: number } = {},
): Promise<NeuralRanker> {
  const scores = scoringGraph(config, itemCount);
  const layout = parameterLayout([scores]);
  const substitutions = cutParameters(layout, input('parameters', 'float32', [layout.size]));
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
