import path from 'node:path';
import { z } from 'zod';
import { NisusError } from '../../base/error.ts';
import type { HistoryEncoder } from '../../learn/models/ranking/serving/history-cache.ts';
import type { HistoryState, UserActions } from '../../learn/models/ranking/serving/history-state.ts';
import {
  openServedRanker,
  type ServedRanker,
  type ServedRankerOptions,
  type ServedScores,
} from '../../learn/models/ranking/serving/open-served-ranker.ts';
import { readRankerManifest, type RankerManifest } from '../../learn/models/ranking/serving/ranker-manifest.ts';
import type { ServedPage } from '../../learn/models/ranking/serving/serving-feeds.ts';
import { applyCalibrators, type RunCalibrators } from '../../measure/calibration/run-calibrators.ts';
import { CALIBRATORS_FILE, readCalibrators } from '../../measure/calibration/run-calibrators-file.ts';
import { rankingSplitSchema, SERVED_FOLDER } from './ranking-run-record.ts';
import {
  bytesOfProfile,
  emptyProfile,
  laterProfile,
  segmentReader,
  type SegmentReader,
  type UserProfile,
} from './segments-when-serving.ts';

/** A user's history as the ranker keeps it, and what tells the user's segments. Never changes. */
export interface CalibratedHistory extends HistoryState {
  readonly profile: UserProfile;
}

/** What candidates are asked about together. */
export interface CalibratedPage extends ServedPage {
  /**
   * Segments of the user or the page by segmentation, such as `{ jurisdiction: 'HK' }`: what does not follow from history, page and
   * candidates. One that the calibrators do not know gets the calibrator for all. @default none
   */
  readonly segments?: Readonly<Record<string, string>>;
}

/** What a ranker says of a page's candidates: by task `[candidates]`, in their order. */
export interface CalibratedScores extends ServedScores {
  /**
   * How often it will come true: what decisions are made by. Of a task without a calibrator the model's probabilities themselves,
   * the same array.
   */
  readonly calibrated: Readonly<Record<string, Float32Array>>;
}

/** A run that is open for serving: {@link ServedRanker} with the run's calibrators applied. */
export interface CalibratedRanker extends HistoryEncoder<CalibratedHistory> {
  readonly manifest: RankerManifest;
  readonly subjects: ServedRanker['subjects'];
  readonly calibrators: RunCalibrators;
  /** {@link ServedRanker.score}, and 10 to 60 ns a candidate and task for calibration. */
  score(state: CalibratedHistory, candidates: Int32Array, page: CalibratedPage): Promise<CalibratedScores>;
  close(): Promise<void>;
}

/** Thrown when a run's folder has no calibrators, or a served model that does not say which it is. Code `CALIBRATED_RANKER`. */
export class CalibratedRankerError extends NisusError {
  constructor(folder: string, problem: string, cause?: unknown) {
    super('CALIBRATED_RANKER', `the run in ${folder} cannot be served with calibrated scores: ${problem}`, { fields: { folder }, cause });
  }
}

/** What `trainRankingRun` states of a served model beside its graphs. */
const factsSchema = z.object({
  modelFingerprint: z.string().min(1),
  split: rankingSplitSchema,
  /** See `topicCountOf`; runs of earlier versions do not say. */
  topics: z.int().min(0).nullable().default(null),
});

/**
 * Opens the folder of a finished ranking run for serving: the model in `served/` and the calibrators that were fitted on its validation
 * pages. A task that is calibrated by segment gets each candidate's own, as in the run's report; see `segmentReader` for what they are
 * told from.
 *
 * @throws {CalibratedRankerError}; `ServedRankerError` of a model that is missing or damaged; `CalibrationError` of calibrators that are
 *   damaged, or were fitted on the scores of another model
 */
export async function openCalibratedRanker(folder: string, options: ServedRankerOptions = {}): Promise<CalibratedRanker> {
  const served = path.join(folder, SERVED_FOLDER);
  const facts = factsSchema.safeParse(await readRankerManifest(served));
  if (!facts.success) {
    const problem = `${SERVED_FOLDER}/manifest.json does not say which run it comes from (${z.prettifyError(facts.error)}); train the run again`;
    throw new CalibratedRankerError(folder, problem, facts.error);
  }
  const { modelFingerprint, split, topics } = facts.data;
  const calibrators = await readCalibrators(folder, modelFingerprint);
  if (calibrators === null)
    throw new CalibratedRankerError(
      folder,
      `it has no ${CALIBRATORS_FILE}; train the run to its end, or open served/ alone for raw scores`,
    );
  const ranker = await openServedRanker(served, options);
  const { manifest, subjects } = ranker;
  const { kinds, surfaces } = manifest.names;
  const trained = { kinds, surfaces, trainedUntilMs: split.trainUntilMs, topics, subjects };
  const calibrated = calibrators.tasks.filter(({ task, overall }) => overall !== null && manifest.tasks.includes(task));
  const readers = new Map<string, SegmentReader | null>(
    calibrated.map((own) => [own.task, own.segmentation === null ? null : segmentReader(own, trained)]),
  );
  // Read and used without a pause between, so that all requests can share it.
  let codes = new Uint8Array(1024);

  async function extend(before: HistoryState | null, profile: UserProfile, later: UserActions): Promise<CalibratedHistory> {
    const state = await (before === null ? ranker.history(later) : ranker.extend(before, later));
    const after = laterProfile(profile, later, subjects);
    return { ...state, bytes: state.bytes + bytesOfProfile(after), profile: after };
  }

  return {
    manifest,
    subjects,
    calibrators,
    history: (actions) => extend(null, emptyProfile, actions),
    extend: (state, later) => (later.actions.length === 0 ? Promise.resolve(state) : extend(state, state.profile, later)),
    async score(state, candidates, page) {
      const scores = await ranker.score(state, candidates, page);
      const given = page.segments ?? {};
      const results: Record<string, Float32Array> = { ...scores.probabilities };
      for (const [task, read] of readers) {
        const raw = scores.probabilities[task]!;
        if (read !== null) {
          if (codes.length < raw.length) codes = new Uint8Array(2 * raw.length);
          read({ state, candidates, page, given }, codes);
        }
        results[task] = applyCalibrators(
          calibrators,
          task,
          raw,
          read === null ? null : codes.subarray(0, raw.length),
          new Float32Array(raw.length),
        );
      }
      return { ...scores, calibrated: results };
    },
    close: () => ranker.close(),
  };
}
