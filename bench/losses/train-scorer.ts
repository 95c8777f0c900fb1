import { createRandom } from '../../src/base/random.ts';
import { listLoss, outputsPerPlace, rankingScore, type ListLossConfig } from '../../src/learn/nn/losses/list-loss.ts';
import { multiLayerPerceptron } from '../../src/learn/nn/multi-layer-perceptron.ts';
import { input } from '../../src/learn/tensor/leaf.ts';
import { mean } from '../../src/learn/tensor/operators/reduce.ts';
import { reshape } from '../../src/learn/tensor/operators/shape.ts';
import { adam } from '../../src/learn/tensor/optimizers/adam.ts';
import { parameterView } from '../../src/learn/tensor/parameters.ts';
import { compileProgram } from '../../src/learn/tensor/program.ts';
import { compileTrainingStep } from '../../src/learn/tensor/training-step.ts';
import { FEATURES, PLACES, type GeneratedLists } from './generated-lists.ts';
import { meanNdcg } from './list-figures.ts';

export const HIDDEN = [32, 16];
export const BATCH = 64;

/** One training. */
export interface ScorerRun {
  readonly config: ListLossConfig;
  readonly learningRate: number;
  readonly epochs: number;
  readonly seed: number;
  readonly train: GeneratedLists;
  readonly validation: GeneratedLists;
  readonly test: GeneratedLists;
}

/** Scores of the epoch that ranked the validation lists best. */
export interface TrainedScores {
  readonly validationNdcg10: number;
  readonly epoch: number;
  /** `[count, PLACES]`. */
  readonly ofValidation: Float32Array;
  /** `[count, PLACES]`. */
  readonly ofTest: Float32Array;
}

/** Trains a perceptron over features, one score a place (JRC: two logits), and keeps its best epoch by validation NDCG@10. */
export async function trainScorer({ config, learningRate, epochs, seed, train, validation, test }: ScorerRun): Promise<TrainedScores> {
  const features = input('features', 'float32', ['lists', PLACES, FEATURES]);
  const outputs = multiLayerPerceptron(features, { hidden: HIDDEN, outputSize: outputsPerPlace(config) });
  const scores = outputsPerPlace(config) === 1 ? reshape(outputs, ['lists', PLACES]) : outputs;
  const [labels, mask] = [input('labels', 'float32', ['lists', PLACES]), input('mask', 'float32', ['lists', PLACES])];
  const loss = mean(listLoss(config, { scores, labels, mask }));
  const step = await compileTrainingStep({ loss, optimizer: adam(), learningRate: () => learningRate, clipNorm: 10, seed, threads: 1 });
  const program = await compileProgram({ score: rankingScore(config, scores) }, { threads: 1 });
  const score = async (lists: GeneratedLists) => {
    const { layout } = step;
    const { parameters } = step.state();
    const feeds = layout.slots.map(({ name, shape }) => [name, { data: parameterView(layout, parameters, name)!.slice(), shape }] as const);
    const shape = [lists.count, PLACES, FEATURES];
    return (await program.run({ ...Object.fromEntries(feeds), features: { data: lists.features, shape } }))['score']!.data as Float32Array;
  };
  let best: TrainedScores | null = null;
  const order = Array.from({ length: train.count }, (_, at) => at);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    createRandom(seed, 'order', epoch).shuffle(order);
    for (let start = 0; start + BATCH <= train.count; start += BATCH) await step.run(batchOf(train, order.slice(start, start + BATCH)));
    const ofValidation = await score(validation);
    const validationNdcg10 = meanNdcg(validation, ofValidation, 10);
    if (best === null || validationNdcg10 > best.validationNdcg10)
      best = { validationNdcg10, epoch, ofValidation, ofTest: await score(test) };
  }
  await step.close();
  await program.close();
  return best!;
}

function batchOf({ features, labels, mask }: GeneratedLists, lists: readonly number[]) {
  const pick = (from: Float32Array, width: number, shape: number[]) => {
    const data = new Float32Array(lists.length * width);
    lists.forEach((list, at) => data.set(from.subarray(list * width, (list + 1) * width), at * width));
    return { data, shape };
  };
  const shape = [lists.length, PLACES];
  return {
    features: pick(features, PLACES * FEATURES, [...shape, FEATURES]),
    labels: pick(labels, PLACES, shape),
    mask: pick(mask, PLACES, shape),
  };
}
