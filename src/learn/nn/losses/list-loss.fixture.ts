import fc from 'fast-check';
import { gradients } from '../../tensor/gradient.ts';
import { input } from '../../tensor/leaf.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { compileProgram } from '../../tensor/program.ts';
import { listLoss, listLossSchema, outputsPerPlace, type ListLossConfig } from './list-loss.ts';

/** Every kind of loss, and both discounts of p-ListMLE, with the settings that the tests need. */
export const LOSSES: Readonly<Record<string, ListLossConfig>> = Object.fromEntries(
  (
    [
      ['bce', {}],
      ['softmax', {}],
      ['list-mle', {}],
      ['p-list-mle', {}],
      ['p-list-mle', { discount: 'logarithmic' }],
      ['list-net', {}],
      ['approx-ndcg', { temperature: 0.5 }],
      ['lambda-loss', {}],
      ['lambda-loss', { mu: 0 }],
      ['jrc', {}],
    ] as const
  ).map(([kind, settings]) => [[kind, ...Object.values(settings)].join(' '), listLossSchema.parse({ kind, ...settings })]),
);

/** One list in plain numbers. Scores are `[places]`, for JRC `[places · 2]`. */
export interface PlainList {
  readonly scores: readonly number[];
  readonly labels: readonly number[];
  readonly mask: readonly number[];
  readonly weights: readonly number[];
}

/** A compiled loss. */
export interface OpenLoss {
  /** Values of the lists, and the gradient of each for its own scores. */
  run(lists: readonly PlainList[], listWeights?: readonly number[]): Promise<{ losses: number[]; gradients: number[][] }>;
  close(): Promise<void>;
}

/** Compiles a loss for lists of so many places. */
export async function openLoss(config: ListLossConfig, places: number, threads = 1): Promise<OpenLoss> {
  const outputs = outputsPerPlace(config);
  const scores = input('scores', 'float32', outputs === 1 ? ['lists', places] : ['lists', places, 2]);
  const ofPlaces = (name: string) => input(name, 'float32', ['lists', places]);
  const batch = { scores, labels: ofPlaces('labels'), mask: ofPlaces('mask'), weights: ofPlaces('weights') };
  const losses = listLoss(config, { ...batch, listWeights: input('listWeights', 'float32', ['lists']) });
  const program = await compileProgram({ losses, toScores: gradients(sum(losses), [scores])[0]! }, { threads });
  return {
    async run(lists, listWeights = lists.map(() => 1)) {
      const count = lists.length;
      const feed = (name: keyof PlainList, shape: number[]) => ({ data: Float32Array.from(lists.flatMap((list) => list[name])), shape });
      const results = await program.run({
        scores: feed('scores', outputs === 1 ? [count, places] : [count, places, 2]),
        labels: feed('labels', [count, places]),
        mask: feed('mask', [count, places]),
        weights: feed('weights', [count, places]),
        listWeights: { data: Float32Array.from(listWeights), shape: [count] },
      });
      const flat = Array.from(results['toScores']!.data as Float32Array);
      const size = places * outputs;
      return {
        losses: Array.from(results['losses']!.data as Float32Array),
        gradients: lists.map((_, at) => flat.slice(at * size, (at + 1) * size)),
      };
    },
    close: () => program.close(),
  };
}

/** A list without padding, grades from 0 to 3, weights from 0 to 2; no two scores nearer than a quarter. */
export function plainList(config: ListLossConfig, places: number): fc.Arbitrary<PlainList> {
  const distinct = fc.shuffledSubarray(
    Array.from({ length: places * 2 }, (_, at) => (at - places) / 4),
    { minLength: places, maxLength: places },
  );
  const several = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: places, maxLength: places });
  return fc.record({
    scores:
      outputsPerPlace(config) === 1 ? distinct : fc.tuple(distinct, distinct).map(([a, b]) => a.flatMap((value, at) => [value, b[at]!])),
    labels: several(fc.integer({ min: 0, max: 3 })),
    mask: fc.constant(Array.from({ length: places }, () => 1)),
    weights: several(fc.integer({ min: 0, max: 8 }).map((value) => value / 4)),
  });
}

/** The list with its places in another order: place i of the result is place `order[i]`. */
export function reordered(list: PlainList, order: readonly number[]): PlainList {
  const places = list.labels.length;
  const move = (values: readonly number[]) => {
    const width = values.length / places;
    return order.flatMap((from) => values.slice(from * width, (from + 1) * width));
  };
  return { scores: move(list.scores), labels: move(list.labels), mask: move(list.mask), weights: move(list.weights) };
}

/** NDCG@k of one list in plain numbers; of equal scores the earlier place ranks first. */
export function plainNdcg(scores: readonly number[], labels: readonly number[], cutoff = scores.length): number {
  const order = scores.map((_, place) => place).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const total = (ranked: readonly number[]) =>
    ranked.slice(0, cutoff).reduce((before, label, at) => before + (2 ** label - 1) / Math.log2(at + 2), 0);
  return total(order.map((place) => labels[place]!)) / total([...labels].sort((a, b) => b - a));
}

/** Whether two numbers agree to float32's rounding of a sum of a few dozen. */
export function near(a: number, b: number, scale = 1): boolean {
  return Math.abs(a - b) <= 2e-5 * Math.max(scale, Math.abs(a), Math.abs(b));
}
