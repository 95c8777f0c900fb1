import { rankingFeeds, subjectFeeds, type RankingBatch, type RankingNoise } from '../../actions/ranking-feeds.ts';
import type { RankingRow } from '../../actions/ranking-rows.ts';
import type { SubjectFeatures } from '../../actions/subject-features.ts';
import { ageWaves, wavesOf } from '../../nn/age-kernel.ts';
import type { TensorValue } from '../../tensor/tensor-value.ts';
import type { NextActionSource } from './next-action-source.ts';

/**
 * Fills the inputs of `nextActionVectors` for some rows.
 *
 * @param moments numbers of targets: what the rows' `from` and `to` count in
 * @param noise null when scoring
 * @param further subjects whose vectors are wanted beside those of the histories
 */
export function nextActionFeeds(
  source: NextActionSource,
  moments: Int32Array,
  rows: readonly RankingRow[],
  noise: RankingNoise | null,
  further: ArrayLike<number> = [],
): RankingBatch {
  const batch = rankingFeeds(source, moments, rows, noise, further);
  const { timesMs } = source.targets;
  batch.feeds['moments/waves'] = waves(Array.from(batch.places, (moment) => timesMs[moment]!));
  batch.feeds['subjects/waves'] = waves([NaN, ...batch.subjects.map((subject) => source.subjects.createdMs[subject]!)]);
  return batch;
}

/** What vectors of subjects are made of, row 0 for none. */
export function nextActionSubjectFeeds(features: SubjectFeatures, numbers: readonly number[]): Record<string, TensorValue> {
  return {
    ...subjectFeeds(features, numbers, null),
    'subjects/waves': waves([NaN, ...numbers.map((subject) => features.createdMs[subject]!)]),
  };
}

function waves(timesMs: readonly number[]): TensorValue {
  return { data: wavesOf(timesMs), shape: [timesMs.length, 2 * ageWaves] };
}
