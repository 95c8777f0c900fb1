import { markWidth, type SubjectFeatures } from './subject-features.ts';

/** What is told of each mark of a candidate: how often it was met, which share that is, how lately. */
const PER_MARK = 3;
/** Seen at all, age known, age, sine and cosine of the hour. */
const OTHERS = 5;

/** Numbers that {@link denseReader} tells of a candidate. */
export const denseFeatureCount = markWidth * PER_MARK + OTHERS;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Reads a history and tells what candidates have in common with it. */
export interface DenseReader {
  /** Forgets all: another history begins. */
  begin(): void;
  /** Reads an action on a subject; one that is below 0 counts as an action alone. Cost: the subject's marks. */
  see(subject: number, timeMs: number): void;
  /**
   * Writes `denseFeatureCount` numbers about a candidate, all of about −1 … 6: for each of its marks (itself, author, kind, tags,
   * mentions) log(1 + actions that share it), their share of all actions, and e^(−days since the latest of them); log(1 + actions)
   * / 2; whether its age is known and log(1 + age in hours) / 2; sine and cosine of the hour of the day.
   */
  describe(subject: number, timeMs: number, out: Float32Array, from: number): void;
}

/**
 * Dense features of candidates, the crossed features of user and item of Cheng et al. 2016, "Wide & Deep Learning for
 * Recommender Systems", as counts: an encoder over a window can learn them, but takes long to.
 *
 * @param subjects whose marks are compared
 */
export function denseReader({ marks, createdMs }: Pick<SubjectFeatures, 'marks' | 'createdMs'>): DenseReader {
  const counts = new Map<number, number>();
  const latestMs = new Map<number, number>();
  let actions = 0;
  return {
    begin() {
      counts.clear();
      latestMs.clear();
      actions = 0;
    },
    see(subject, timeMs) {
      actions++;
      if (subject < 0) return;
      for (let at = subject * markWidth; at < (subject + 1) * markWidth; at++) {
        const mark = marks[at]!;
        if (mark === 0) continue;
        counts.set(mark, (counts.get(mark) ?? 0) + 1);
        latestMs.set(mark, timeMs);
      }
    },
    describe(subject, timeMs, out, from) {
      let to = from;
      for (let at = subject * markWidth; at < (subject + 1) * markWidth; at++, to += PER_MARK) {
        const count = counts.get(marks[at]!);
        if (count === undefined) continue;
        out[to] = Math.log1p(count);
        out[to + 1] = count / actions;
        out[to + 2] = Math.exp((latestMs.get(marks[at]!)! - timeMs) / DAY_MS);
      }
      const ageMs = timeMs - createdMs[subject]!;
      const hour = (2 * Math.PI * (timeMs % DAY_MS)) / DAY_MS;
      out[to++] = Math.log1p(actions) / 2;
      out[to++] = Number.isNaN(ageMs) ? 0 : 1;
      out[to++] = Number.isNaN(ageMs) ? 0 : Math.log1p(Math.max(0, ageMs) / HOUR_MS) / 2;
      out[to++] = Math.sin(hour);
      out[to] = Math.cos(hour);
    },
  };
}
