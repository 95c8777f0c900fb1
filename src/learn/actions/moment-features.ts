import type { ActionSequences } from './action-sequences.ts';
import type { ImpressionLists } from './impression-lists.ts';

/** Over which an action is forgotten, each action and each visit by all of them: e^(−days since / τ) is left of it. */
const MEMORIES_DAYS = [1, 7, 28];
/** Actions so far, days they span, and sine and cosine of the hour of the day and of the hour of the week. */
const OTHERS = 6;

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** A pause of so long begins another visit. */
const VISIT_PAUSE_MS = DAY_MS / 48;

/** Numbers that a {@link MomentReader} tells, of so many kinds of action. */
export function momentFeatureCount(actions: number): number {
  return MEMORIES_DAYS.length * (actions + 1) + OTHERS;
}

/** Reads a user's actions from the first on and tells what they are like at a moment. */
export interface MomentReader {
  /** Forgets all: another user begins, or one whose actions were read before as {@link told} says. */
  begin(told?: Float64Array): void;
  /** Reads an action. @param timeMs never before the action before */
  see(action: number, timeMs: number): void;
  /**
   * Writes `momentFeatureCount` numbers, all of about −1 … 3: for each kind of action, and for visits, log(1 + Σ e^(−days since / τ)) / 4 with
   * τ one day, seven and 28; log(1 + actions) / 4; log(1 + days since the first of them) / 2; sine and cosine of the hour of the day and of
   * the week (UTC).
   */
  describe(timeMs: number, out: Float32Array, from: number): void;
  /** A copy of all that was read, some hundred bytes. */
  told(): Float64Array;
}

/**
 * What a user did of late and how often they came, as counts that fade: how active somebody is decides whether they return, and how much
 * they trade whether they will, whatever they are shown. All of their actions count, not those alone that an encoder reads, in O(1) each and
 * some hundred bytes a user: a count is kept as it was at its latest action, and fades from there (the decayed counters of Cohen & Strauss
 * 2003, "Maintaining time-decaying stream aggregates").
 *
 * @param actions kinds of action that there are
 */
export function momentReader(actions: number): MomentReader {
  const kinds = actions + 1;
  const counted = MEMORIES_DAYS.length * kinds;
  // Counts `[memories, kinds]`, visits last, as they were at the times `[kinds]`; then actions so far, the first's time and the last's.
  const numbers = new Float64Array(counted + kinds + 3);
  const [SEEN, FIRST, LAST] = [counted + kinds, counted + kinds + 1, counted + kinds + 2];

  function count(kind: number, timeMs: number): void {
    const sinceMs = timeMs - numbers[counted + kind]!;
    for (let memory = 0; memory < MEMORIES_DAYS.length; memory++) {
      const at = memory * kinds + kind;
      numbers[at] = numbers[at]! * Math.exp(-sinceMs / (MEMORIES_DAYS[memory]! * DAY_MS)) + 1;
    }
    numbers[counted + kind] = timeMs;
  }

  return {
    begin(told) {
      if (told === undefined) numbers.fill(0);
      else numbers.set(told);
    },
    see(action, timeMs) {
      const isFirst = numbers[SEEN] === 0;
      count(action, timeMs);
      if (isFirst || timeMs - numbers[LAST]! > VISIT_PAUSE_MS) count(actions, timeMs);
      if (isFirst) numbers[FIRST] = timeMs;
      numbers[SEEN]!++;
      numbers[LAST] = timeMs;
    },
    describe(timeMs, out, from) {
      let to = from;
      for (let memory = 0; memory < MEMORIES_DAYS.length; memory++) {
        for (let kind = 0; kind < kinds; kind++, to++) {
          const value = numbers[memory * kinds + kind]!;
          const sinceMs = timeMs - numbers[counted + kind]!;
          out[to] = value === 0 ? 0 : Math.log1p(value * Math.exp(-sinceMs / (MEMORIES_DAYS[memory]! * DAY_MS))) / 4;
        }
      }
      out[to++] = Math.log1p(numbers[SEEN]!) / 4;
      out[to++] = numbers[SEEN] === 0 ? 0 : Math.log1p(Math.max(0, timeMs - numbers[FIRST]!) / DAY_MS) / 2;
      for (const spanMs of [DAY_MS, WEEK_MS]) {
        const angle = (2 * Math.PI * (timeMs % spanMs)) / spanMs;
        out[to++] = Math.sin(angle);
        out[to++] = Math.cos(angle);
      }
    },
    told: () => numbers.slice(),
  };
}

/** What each page's user is like when it is asked for, `[lists, momentFeatureCount]`, of the actions that the page may see. O(actions + lists × kinds); a list takes four bytes a number, some 250 of 18 kinds. */
export function momentsOfPages(
  { vocabulary, offsets, actions, timesMs }: Pick<ActionSequences, 'vocabulary' | 'offsets' | 'actions' | 'timesMs'>,
  pages: Pick<ImpressionLists, 'listCount' | 'users' | 'timesMs' | 'visible'>,
): Float32Array {
  const kinds = vocabulary.actions.length;
  const width = momentFeatureCount(kinds);
  const moments = new Float32Array(pages.listCount * width);
  const reader = momentReader(kinds);
  let [user, read] = [-1, 0];
  for (let list = 0; list < pages.listCount; list++) {
    const own = pages.users[list]!;
    const end = offsets[own]! + pages.visible[list]!;
    if (own !== user || end < read) {
      reader.begin();
      [user, read] = [own, offsets[own]!];
    }
    for (; read < end; read++) reader.see(actions[read]!, timesMs[read]!);
    reader.describe(pages.timesMs[list]!, moments, list * width);
  }
  return moments;
}
