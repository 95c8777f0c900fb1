import { logistic } from '../../base/portable-math.ts';
import { createRandom } from '../../base/random.ts';
import type { ScoredImpressions } from './scored-impressions.ts';

/** A world of which the truth is known: what is clicked follows from a logit, which models see with noise. */
export interface SimulationOptions {
  readonly seed?: number | string;
  readonly users?: number;
  /** Mean pages a user. */
  readonly pages?: number;
  readonly places?: number;
  /** Deviation of the model's own error in the logit: the larger, the worse it is. */
  readonly noise?: number;
  /** Noise of a user's own, which makes places of one user alike. */
  readonly userNoise?: number;
  /** Which model: another one has other errors about the same impressions. */
  readonly model?: string;
  /** What the model's logits are multiplied by: above 1 it is too sure. */
  readonly sureness?: number;
  /** Added to the logits of one tier only, by its code. */
  readonly tierShift?: readonly number[];
}

/** Impressions of a click, a rare like and a negative feedback, and a grade; segments by tier and surface. The same seed, the same outcomes. */
export function simulateImpressions(options: SimulationOptions = {}): ScoredImpressions {
  const {
    seed = 1,
    users = 80,
    pages = 4,
    places = 6,
    noise = 0.5,
    userNoise = 0.5,
    model = 'A',
    sureness = 1,
    tierShift = [0, 0],
  } = options;
  const truth = createRandom(seed, 'truth');
  const errors = createRandom(seed, 'errors', model);
  const columns = {
    ...{ lists: [] as number[], users: [] as number[], subjects: [] as number[], positions: [] as number[], timesMs: [] as number[] },
    ...{ tiers: [] as number[], surfaces: [] as number[] },
  };
  const names = ['click', 'like', 'negative-feedback'] as const;
  const offsets = [-1, -3, -2.5];
  const labels = names.map(() => [] as number[]);
  const scores = names.map(() => [] as number[]);
  const [grades, gradeScores] = [[] as number[], [] as number[]];
  let list = 0;
  for (let user = 0; user < users; user++) {
    const tier = user % 2;
    const own = names.map(() => userNoise * truth.normal());
    const count = 1 + truth.integer(2 * pages - 1);
    for (let page = 0; page < count; page++, list += 1 + truth.integer(3)) {
      const surface = truth.integer(2);
      for (let position = 0; position < places; position++) {
        columns.lists.push(list);
        columns.users.push(user * 3);
        columns.subjects.push(truth.integer(500));
        columns.positions.push(position);
        columns.timesMs.push(1_700_000_000_000 + list * 60_000);
        columns.tiers.push(tier);
        columns.surfaces.push(surface);
        let worth = 0;
        for (const [at, offset] of offsets.entries()) {
          const logit = offset + own[at]! + 1.2 * truth.normal();
          const label = truth.next() < logistic(logit) ? 1 : 0;
          if (at < 2) worth += label * (at + 1);
          labels[at]!.push(label);
          scores[at]!.push(logistic(sureness * (logit + noise * errors.normal()) + tierShift[tier]!));
        }
        grades.push(worth);
        gradeScores.push(worth + (1 + noise) * errors.normal());
      }
    }
  }
  return {
    source: {
      data: { name: 'simulated', fingerprint: `seed-${seed}` },
      part: 'test',
      model: { name: `model ${model}`, fingerprint: `model-${model}` },
    },
    lists: Int32Array.from(columns.lists),
    users: Int32Array.from(columns.users),
    subjects: Int32Array.from(columns.subjects),
    positions: Int32Array.from(columns.positions),
    timesMs: Float64Array.from(columns.timesMs),
    tasks: [
      ...names.map((name, at) => ({
        ...{ name, kind: 'binary' as const, calibrated: null },
        labels: Float32Array.from(labels[at]!),
        scores: Float32Array.from(scores[at]!),
      })),
      { name: 'worth', kind: 'graded', labels: Float32Array.from(grades), scores: Float32Array.from(gradeScores), calibrated: null },
    ],
    segmentations: [
      { name: 'tier', names: ['cold start', 'stable'], codes: Uint8Array.from(columns.tiers) },
      { name: 'surface', names: ['feed', 'search'], codes: Uint8Array.from(columns.surfaces) },
    ],
  };
}
