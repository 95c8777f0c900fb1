import path from 'node:path';
import type { ListSplit } from '../../data/actions/split-lists-by-time.ts';
import type { TaskLabels } from '../../learn/actions/impression-lists.ts';
import type { RankingSource } from '../../learn/actions/ranking-feeds.ts';
import { linearRanking } from '../../learn/models/ranking/baselines/linear-ranking.ts';
import { popularityRanking } from '../../learn/models/ranking/baselines/popularity-ranking.ts';
import type { RankingVocabulary } from '../../learn/models/ranking/ranking-states.ts';
import type { GateUtilisation } from '../../learn/models/multi-task/gate-utilisation.ts';
import type { ParameterLayout } from '../../learn/tensor/parameters.ts';
import { openRankingScorer } from '../../learn/training/ranking/ranking-scorer.ts';
import { calibrateImpressions } from '../../measure/calibration/calibrate-impressions.ts';
import { fitRunCalibrators } from '../../measure/calibration/fit-run-calibrators.ts';
import type { RunCalibrators } from '../../measure/calibration/run-calibrators.ts';
import { writeCalibrators } from '../../measure/calibration/run-calibrators-file.ts';
import { measureImpressions, type ImpressionMeasures } from '../../measure/comparison/measure-impressions.ts';
import type { ImpressionSource, ScoredImpressions } from '../../measure/impressions/scored-impressions.ts';
import { PREDICTIONS_FILE, writeScoredImpressions } from '../../measure/impressions/scored-impressions-file.ts';
import type { WorkContext } from '../work-context.ts';
import type { RankingData } from './open-ranking-data.ts';
import type { RankingRunRecord } from './ranking-run-record.ts';
import { pagesToScore, scoredImpressions } from './scored-pages.ts';

/** A trained run and all that it was made of. */
export interface TrainedRanking {
  readonly folder: string;
  readonly record: RankingRunRecord;
  readonly data: RankingData;
  readonly source: RankingSource;
  readonly split: ListSplit;
  readonly labels: TaskLabels;
  readonly vocabulary: RankingVocabulary;
  /** The best parameters, flat. */
  readonly parameters: Float32Array;
  readonly layout: ParameterLayout;
}

/** What a run came to on its test pages. */
export interface RankingReport {
  /** The model, calibrated, over all and by segment. */
  readonly model: ImpressionMeasures;
  /** The same before calibration, over all. */
  readonly raw: ImpressionMeasures;
  /** By name, over all. */
  readonly baselines: Readonly<Record<string, ImpressionMeasures>>;
  readonly calibrators: RunCalibrators;
  readonly gates: readonly GateUtilisation[];
}

/** File of a baseline's predictions, within the run's folder; `nisus compare` takes it beside a run. */
export function baselineFile(name: string): string {
  return `baseline-${name}.safetensors`;
}

/**
 * Fits calibrators on the validation pages, scores the test pages once with model and baselines, writes both.
 *
 * @throws the signal's reason
 */
export async function measureRankingRun(run: TrainedRanking, context: WorkContext): Promise<RankingReport> {
  const { folder, record, data, source, split, labels, vocabulary, parameters, layout } = run;
  const { progress, signal } = context;
  const tasks = record.config.loss.tasks.map(({ name }) => name);
  const pause = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  };
  const sourceOf = (part: ImpressionSource['part'], name: string, fingerprint: string): ImpressionSource => ({
    data: { name: record.data.name, fingerprint: record.data.fingerprint },
    part,
    model: { name, fingerprint },
  });
  const pages = {
    validation: pagesToScore(data, split.validation.lists, record.split.trainUntilMs),
    test: pagesToScore(data, split.test.lists, record.split.trainUntilMs),
  };
  const name = path.basename(path.resolve(folder));
  const own = (part: ImpressionSource['part']) => sourceOf(part, name, record.modelFingerprint!);

  progress.begin('scoring', 4);
  const scorer = await openRankingScorer({ config: record.config.model, vocabulary, tasks }, () => parameters, {
    threads: record.config.threads,
    layout,
  });
  let scored: { readonly validation: ScoredImpressions; readonly test: ScoredImpressions; readonly gates: readonly GateUtilisation[] };
  try {
    const validation = await scorer.score(source, split.validation.lists);
    progress.update(1, 'validation pages');
    await pause();
    const test = await scorer.score(source, split.test.lists);
    progress.update(2, 'test pages');
    scored = {
      validation: scoredImpressions(pages.validation, own('validation'), labels, validation.probabilities),
      test: scoredImpressions(pages.test, own('test'), labels, test.probabilities),
      gates: test.gates,
    };
  } finally {
    await scorer.close();
  }
  const calibrators = fitRunCalibrators(scored.validation);
  await writeCalibrators(folder, calibrators);
  const calibrated = calibrateImpressions(calibrators, scored.test);
  await writeScoredImpressions(path.join(folder, PREDICTIONS_FILE), calibrated);
  await pause();

  const parts = { train: split.train.lists, score: split.test.lists };
  const ownLabels = Object.fromEntries(tasks.map((task) => [task, labels[task]!]));
  const scores = {
    linear: await linearRanking(data, ownLabels, parts, {}, pause),
    popularity: popularityRanking(data, ownLabels, parts),
  };
  progress.update(3, 'baselines');
  const baselines: Record<string, ImpressionMeasures> = {};
  const overall = (impressions: ScoredImpressions) => ({ ...impressions, segmentations: [] });
  for (const [baseline, probabilities] of Object.entries(scores)) {
    const impressions = scoredImpressions(
      pages.test,
      sourceOf('test', baseline, `${baseline} ${record.data.fingerprint}`),
      labels,
      probabilities,
    );
    await writeScoredImpressions(path.join(folder, baselineFile(baseline)), impressions);
    baselines[baseline] = await measureImpressions(overall(impressions), {}, { pause });
  }
  progress.end();
  progress.begin('measuring', 1);
  const raw = await measureImpressions(overall(scored.test), {}, { pause });
  const model = await measureImpressions(
    calibrated,
    {},
    { pause, onProgress: (done, total, what) => progress.update(done / Math.max(1, total), what) },
  );
  progress.end();
  return { model, raw, baselines, calibrators, gates: scored.gates };
}
