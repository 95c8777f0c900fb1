import { markSlots } from './mark-slots.ts';
import { markWidth, type SubjectFeatures } from './subject-features.ts';

/** What is told of each mark of a candidate: how often it was met, which share that is, how lately. */
const PER_MARK = 3;
/** Age known, age. */
const OTHERS = 2;

/** Numbers that {@link denseReader} tells of a candidate. */
export const denseFeatureCount = markWidth * PER_MARK + OTHERS;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Reads a history and tells what candidates have in common with it. */
export interface DenseReader {
  /** Forgets all: another history begins. Subjects that came since are known from then on. */
  begin(): void;
  /** Reads an action on a subject; one that is below 0 counts as an action alone. Cost: the subject's marks. */
  see(subject: number, timeMs: number): void;
  /**
   * Writes `denseFeatureCount` numbers about a candidate, all of about 0 … 3: for each of its marks (itself, author, kind, tags,
   * mentions) log(1 + actions that share it) / 4, their share of all actions, and e^(−days since the latest of them); whether its
   * age is known and log(1 + age in hours) / 2.
   */
  describe(subject: number, timeMs: number, out: Float32Array, from: number): void;
}

/**
 * Dense features of candidates, the crossed features of user and item of Cheng et al. 2016, "Wide & Deep Learning for
 * Recommender Systems", as counts: an encoder over a window can learn them, but takes long to.
 *
 * A model that searches a long history counts over all that it searches, the others over the stretch that they read (`comparedFrom`).
 *
 * @param subjects whose marks are compared
 */
export function denseReader(subjects: Pick<SubjectFeatures, 'marks' | 'createdMs'>): DenseReader {
  let { marks, createdMs } = subjects;
  /** Of each mark that was met: where its numbers stand. */
  const slots = markSlots();
  const counts: number[] = [];
  const latestMs: number[] = [];
  // What is told of a mark at a moment is the same for all candidates: made when first asked for.
  const told: number[] = [];
  const toldAt: number[] = [];
  let moment = 0;
  let momentMs = NaN;
  let actions = 0;

  function tell(slot: number): void {
    toldAt[slot] = moment;
    told[slot * PER_MARK] = Math.log1p(counts[slot]!) / 4;
    told[slot * PER_MARK + 1] = counts[slot]! / actions;
    told[slot * PER_MARK + 2] = Math.exp((latestMs[slot]! - momentMs) / DAY_MS);
  }

  return {
    begin() {
      ({ marks, createdMs } = subjects);
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
        const slot = slots.findOrAdd(mark);
        if (slot === counts.length) {
          counts.push(0);
          toldAt.push(-1);
        }
        counts[slot]!++;
        latestMs[slot] = timeMs;
      }
    },
    describe(subject, timeMs, out, from) {
      if (timeMs !== momentMs) {
        moment++;
        momentMs = timeMs;
      }
      let to = from;
      for (let at = subject * markWidth; at < (subject + 1) * markWidth; at++, to += PER_MARK) {
        const mark = marks[at]!;
        const slot = mark === 0 ? -1 : slots.find(mark);
        if (slot < 0) continue;
        if (toldAt[slot] !== moment) tell(slot);
        for (let part = 0; part < PER_MARK; part++) out[to + part] = told[slot * PER_MARK + part]!;
      }
      const ageMs = timeMs - createdMs[subject]!;
      out[to++] = Number.isNaN(ageMs) ? 0 : 1;
      out[to] = Number.isNaN(ageMs) ? 0 : Math.log1p(Math.max(0, ageMs) / HOUR_MS) / 2;
    },
  };
}
