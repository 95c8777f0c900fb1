import { exp } from '../../base/portable-math.ts';
import type { Event, EventSubject } from '../../data/events/event.ts';
import type { EventAction } from '../../data/events/event-actions.ts';
import type { Candidate } from './platform-view.ts';

/** What an action says of a subject's popularity. */
const WORTH: Partial<Readonly<Record<EventAction, number>>> = {
  click: 1,
  'result-click': 1,
  like: 2,
  comment: 2,
  share: 3,
  follow: 2,
  hide: -2,
  report: -4,
  adopt: 4,
};

/** Beyond this exponent all scores are brought down, so that none overflows. */
const EXPONENT_MAX = 200;

/** Popularity with exponential decay, kept on the candidates themselves. */
export interface PopularityScore {
  /** Counts events. */
  observe(events: readonly Event[]): void;
}

/**
 * Forward decay (Cormode, Shkapenyuk, Srivastava & Xu 2009, "Forward decay: a practical time decay model for streaming
 * systems", ICDE): what happens later weighs more, e^(t/τ), instead of what happened before weighing less. Scores need no
 * touch as time goes by, and stand in the right order at any moment.
 *
 * @param find the living candidate of an event's subject
 * @param eachLiving calls back for all candidates; used about once in 200 τ
 * @param tauMs time in which a click loses 63 % of its weight
 */
export function createPopularityScore(
  find: (kind: EventSubject['kind'], id: string) => Candidate | undefined,
  eachLiving: (visit: (candidate: Candidate) => void) => void,
  tauMs: number,
): PopularityScore {
  let landmarkMs = Number.NaN;
  return {
    observe(events) {
      for (const { action, subject, timeMs } of events) {
        const worth = WORTH[action];
        if (worth === undefined || subject === null) continue;
        const candidate = find(subject.kind, subject.id);
        if (candidate === undefined) continue;
        if (Number.isNaN(landmarkMs)) landmarkMs = timeMs;
        if ((timeMs - landmarkMs) / tauMs > EXPONENT_MAX) {
          const down = exp(-EXPONENT_MAX);
          eachLiving((living) => void (living.score *= down));
          landmarkMs += EXPONENT_MAX * tauMs;
        }
        candidate.score += worth * exp((timeMs - landmarkMs) / tauMs);
      }
    },
  };
}

/** The best by score, at most `count`, best first; of equal ones the newer. Cost: linear, and log(count) for each that is among the best when its turn comes. */
export function topByScore(candidates: readonly Candidate[], count: number): Candidate[] {
  if (count <= 0) return [];
  // A heap, the worst of the best at its root.
  const best: Candidate[] = [];
  for (let at = 0; at < candidates.length; at++) {
    const candidate = candidates[at]!;
    if (best.length < count) {
      best.push(candidate);
      rise(best, best.length - 1);
    } else if (isBefore(candidate, best[0]!)) {
      best[0] = candidate;
      sink(best);
    }
  }
  return best.sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

function rise(heap: Candidate[], at: number): void {
  const candidate = heap[at]!;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(heap[parent]!, candidate)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = candidate;
}

function sink(heap: Candidate[]): void {
  const candidate = heap[0]!;
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && isBefore(heap[child]!, heap[child + 1]!)) child++;
    if (!isBefore(candidate, heap[child]!)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = candidate;
}

function isBefore(a: Candidate, b: Candidate): boolean {
  return a.score > b.score || (a.score === b.score && a.number > b.number);
}
