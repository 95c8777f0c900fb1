import type { TaskLabels } from '../../actions/impression-lists.ts';
import { rankingBatches, rankingRows, type RankingRow } from '../../actions/ranking-rows.ts';
import { rankingFeeds, type RankingBatch, type RankingNoise, type RankingSource } from '../../actions/ranking-feeds.ts';
import { taskFeeds } from '../task-loss.ts';
import type { LoopBatch } from '../training-loop.ts';
import type { RankerTrainingConfig } from './ranker-training-config.ts';

/** Pages with what came of them: what a ranking model learns from, or is judged by. */
export interface RankingExamples {
  readonly source: RankingSource;
  /** Numbers of pages, ascending. */
  readonly lists: Int32Array;
  /** By task, a label a place of `source.pages`. */
  readonly labels: TaskLabels;
  /** What each place counts in the losses, 0 or more. @default 1 each */
  readonly weights?: Float32Array;
}

/** How examples are cut into batches. */
export type RankingBatching = Pick<RankerTrainingConfig, 'rows' | 'batch' | 'seed'> & {
  readonly model: Pick<RankerTrainingConfig['model'], 'encoder' | 'idDropout'>;
};

/** The rows of examples. */
export function rowsOf({ source, lists }: RankingExamples, { rows, model }: RankingBatching): RankingRow[] {
  return rankingRows(source.sequences, source.pages, lists, { maxLength: model.encoder.maxLength, candidatesMax: rows.candidatesMax });
}

/** The batches of an epoch: a step's feeds with labels and masks of each task. */
export function* trainingBatches(
  examples: RankingExamples,
  rows: readonly RankingRow[],
  tasks: readonly string[],
  config: RankingBatching,
  place: { readonly epoch: number; readonly firstBatch: number; readonly nextStep: number },
): Generator<LoopBatch> {
  const batches = rankingBatches(rows, { ...config.batch, seed: config.seed }, place.epoch);
  for (let at = place.firstBatch; at < batches.length; at++) {
    const noise: RankingNoise = {
      idDropout: config.model.idDropout,
      seed: config.seed,
      step: place.nextStep + at - place.firstBatch,
    };
    const batch = rankingFeeds(examples.source, examples.lists, batches[at]!, noise);
    Object.assign(batch.feeds, labelFeeds(examples, tasks, batch));
    yield { examples: batch.places.length, feeds: batch.feeds };
  }
}

/** Labels and masks of a batch, `[examples]` each. */
export function labelFeeds({ labels, weights }: RankingExamples, tasks: readonly string[], { places }: RankingBatch) {
  const shape = [places.length];
  return Object.fromEntries(
    tasks.flatMap((task) => {
      const own = labels[task]!;
      const label = new Float32Array(places.length);
      const mask = new Float32Array(places.length);
      for (let at = 0; at < places.length; at++) {
        const value = own[places[at]!]!;
        if (Number.isNaN(value)) continue;
        label[at] = value;
        mask[at] = weights === undefined ? 1 : weights[places[at]!]!;
      }
      const names = taskFeeds(task);
      return [
        [names.label, { data: label, shape }],
        [names.mask, { data: mask, shape }],
      ] as const;
    }),
  );
}
