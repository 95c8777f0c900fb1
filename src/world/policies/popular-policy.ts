import type { Policy } from '../policy.ts';
import { createLiveShelf, type LiveShelf } from './live-shelf.ts';
import { createShelfPolicy, inOrder } from './ordered-policy.ts';
import type { Candidate, PlatformView } from './platform-view.ts';
import { createPopularityScore, topByScore, type PopularityScore } from './popularity-score.ts';

const HOUR_MS = 3_600_000;

/** Time in which a click loses 63 % of its weight. */
export const POPULARITY_TAU_MS = 18 * HOUR_MS;

/** How old a list of the most popular may be. */
const STALE_MS = HOUR_MS / 2;

/** Length of the lists of the most popular. */
const LISTED = 150;

/** The most popular posts by languages (bits) of the reader, renewed every half hour. */
export interface PopularLists {
  of(languages: number, timeMs: number): readonly Candidate[];
}

/** See {@link PopularLists}. */
export function createPopularLists(shelf: LiveShelf): PopularLists {
  const lists: { posts: readonly Candidate[]; madeMs: number }[] = Array.from({ length: 4 }, () => ({ posts: [], madeMs: -Infinity }));
  return {
    of(languages, timeMs) {
      const list = lists[languages]!;
      if (timeMs - list.madeMs >= STALE_MS) {
        list.posts = topByScore(shelf.readable(languages), LISTED);
        list.madeMs = timeMs;
      }
      return list.posts;
    },
  };
}

/** A score of popularity over a shelf. */
export function scoreShelf(shelf: LiveShelf): PopularityScore {
  const eachLiving = (visit: (candidate: Candidate) => void) => {
    for (const candidate of [...shelf.readable(3), ...shelf.features, ...shelf.instruments]) visit(candidate);
  };
  return createPopularityScore(shelf.find, eachLiving, POPULARITY_TAU_MS);
}

/** Shows what was clicked most of late, the same to all; time-decayed. */
export function createPopularPolicy(view: PlatformView): Policy {
  const shelf = createLiveShelf(view.eligibilityRules);
  const popular = createPopularLists(shelf);
  const score = scoreShelf(shelf);
  const policy = createShelfPolicy(
    'popular',
    view,
    (request, candidates, _shelf, mayShowIt) => {
      const { count, surface, timeMs } = request;
      // Languages are checked by `mayShowIt`; the list of all languages holds enough of each.
      const order = surface === 'feed' ? popular.of(3, timeMs) : topByScore(candidates.posts, 3 * count);
      const cards = {
        posts: candidates.posts,
        features: topByScore(candidates.features, count),
        instruments: topByScore(candidates.instruments, count),
      };
      return inOrder(count, cards, mayShowIt, order);
    },
    shelf,
  );
  return { ...policy, observe: (events) => score.observe(events) };
}
