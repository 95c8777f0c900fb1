/**
 * Logistic regression over hashed features, learned online with AdaGrad (Duchi et al. 2011; hashing after Weinberger et al.
 * 2009; the shape of McMahan et al. 2013, "Ad click prediction: a view from the trenches"): what every ranking model must
 * beat. One model a task, all learned in one pass over the pages.
 */
import type { RankingColumns } from '../../../actions/ranking-source.ts';
import type { TaskLabels } from '../../../actions/impression-lists.ts';
import { pageFeatures } from './page-features.ts';

/** How it is learned. */
export interface LinearRankingOptions {
  /** Rows of the weights. @default 262,144 */
  readonly buckets?: number;
  /** Passes over the pages. @default 2 */
  readonly epochs?: number;
  /** @default 0.05 */
  readonly learningRate?: number;
  /** Strength of the pull of every used weight to 0, a step. @default 1e-6 */
  readonly l2?: number;
}

/** Probabilities by task, `[places]`; NaN where a place is on none of the lists asked for. */
export type PlaceScores = Readonly<Record<string, Float32Array>>;

/** Pages per look at whether the work is to go on. */
const pagesAtOnce = 1000;

/**
 * Learns from some pages and scores others. Cost: places × tasks × features × passes; some microseconds a place.
 *
 * @param train numbers of pages, ascending; learned in this order, a user after the other
 * @param score numbers of pages, ascending
 * @param pause called every thousand pages, so that others have their turn
 */
export async function linearRanking(
  columns: RankingColumns,
  labels: TaskLabels,
  { train, score }: { readonly train: Int32Array; readonly score: Int32Array },
  options: LinearRankingOptions = {},
  pause: () => Promise<void> = async () => {},
): Promise<PlaceScores> {
  const { buckets = 262_144, epochs = 2, learningRate = 0.05, l2 = 1e-6 } = options;
  const tasks = Object.keys(labels);
  const count = tasks.length;
  const columnsOf = tasks.map((task) => labels[task]!);
  const weights = new Float32Array(buckets * count);
  const squares = new Float32Array(buckets * count).fill(1e-6);
  const walk = async (lists: Int32Array, visit: (place: number, features: Int32Array, size: number) => void) => {
    const features = pageFeatures(columns, buckets);
    for (let at = 0; at < lists.length; at++) {
      features.page(lists[at]!, visit);
      if (at % pagesAtOnce === pagesAtOnce - 1) await pause();
    }
  };
  const scoreOf = (features: Int32Array, size: number, task: number) => {
    let sum = 0;
    for (let at = 0; at < size; at++) sum += weights[features[at]! * count + task]!;
    return 1 / (1 + Math.exp(-sum));
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    await walk(train, (place, features, size) => {
      for (let task = 0; task < count; task++) {
        const label = columnsOf[task]![place]!;
        if (Number.isNaN(label)) continue;
        const slope = scoreOf(features, size, task) - label;
        for (let at = 0; at < size; at++) {
          const row = features[at]! * count + task;
          const gradient = slope + l2 * weights[row]!;
          squares[row]! += gradient * gradient;
          weights[row]! -= (learningRate * gradient) / Math.sqrt(squares[row]!);
        }
      }
    });
  }
  const scores = Object.fromEntries(tasks.map((task) => [task, new Float32Array(columns.pages.subjects.length).fill(NaN)] as const));
  await walk(score, (place, features, size) => {
    for (let task = 0; task < count; task++) scores[tasks[task]!]![place] = scoreOf(features, size, task);
  });
  return scores;
}
