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

/** The best by score, at most `count`, best first; of equal ones the newer. Cost: linear, and a little more for each of the best. */
export function topByScore(candidates: readonly Candidate[], count: number): Candidate[] {
  const top: Candidate[] = [];
  for (const candidate of candidates) {
    if (top.length === count && !isBefore(candidate, top[count - 1]!)) continue;
    let at = top.length;
    while (at > 0 && isBefore(candidate, top[at - 1]!)) at--;
    top.splice(at, 0, candidate);
    if (top.length > count) top.pop();
  }
  return top;
}

function isBefore(a: Candidate, b: Candidate): boolean {
  return a.score > b.score || (a.score === b.score && a.number > b.number);
}
