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
  /** Of each mark that was met: where its numbers stand. */
  const slots = new Map<number, number>();
  const counts: number[] = [];
  const latestMs: number[] = [];
  // What is told of a mark at a moment is the same for all candidates: made when first asked for.
  const told: number[] = [];
  const toldAt: number[] = [];
  let moment = 0;
  let momentMs = NaN;
  let actions = 0;
  let [seen, sine, cosine] = [0, 0, 0];

  function moveTo(timeMs: number): void {
    moment++;
    momentMs = timeMs;
    const angle = (2 * Math.PI * (timeMs % DAY_MS)) / DAY_MS;
    [seen, sine, cosine] = [Math.log1p(actions) / 2, Math.sin(angle), Math.cos(angle)];
  }

  function tell(slot: number): void {
    toldAt[slot] = moment;
    told[slot * PER_MARK] = Math.log1p(counts[slot]!);
    told[slot * PER_MARK + 1] = counts[slot]! / actions;
    told[slot * PER_MARK + 2] = Math.exp((latestMs[slot]! - momentMs) / DAY_MS);
  }

  return {
    begin() {
      slots.clear();
      for (const column of [counts, latestMs, told, toldAt]) column.length = 0;
      actions = 0;
      momentMs = NaN;
    },
    see(subject, timeMs) {
      actions++;
      momentMs = NaN;
      if (subject < 0) return;
      for (let at = subject * markWidth; at < (subject + 1) * markWidth; at++) {
        const mark = marks[at]!;
        if (mark === 0) continue;
        let slot = slots.get(mark);
        if (slot === undefined) {
          slots.set(mark, (slot = slots.size));
          counts.push(0);
          toldAt.push(-1);
        }
        counts[slot]!++;
        latestMs[slot] = timeMs;
      }
    },
    describe(subject, timeMs, out, from) {
      if (timeMs !== momentMs) moveTo(timeMs);
      let to = from;
      for (let at = subject * markWidth; at < (subject + 1) * markWidth; at++, to += PER_MARK) {
        const slot = marks[at] === 0 ? undefined : slots.get(marks[at]!);
        if (slot === undefined) continue;
        if (toldAt[slot] !== moment) tell(slot);
        for (let part = 0; part < PER_MARK; part++) out[to + part] = told[slot * PER_MARK + part]!;
      }
      const ageMs = timeMs - createdMs[subject]!;
      out[to++] = seen;
      out[to++] = Number.isNaN(ageMs) ? 0 : 1;
      out[to++] = Number.isNaN(ageMs) ? 0 : Math.log1p(Math.max(0, ageMs) / HOUR_MS) / 2;
      out[to++] = sine;
      out[to] = cosine;
    },
  };
}
