import type { UserRecord } from '../../data/catalog/user-record.ts';
import type { Policy } from '../policy.ts';
import { createLiveShelf, type LiveShelf } from './live-shelf.ts';
import { createShelfPolicy, inOrder } from './ordered-policy.ts';
import { languageBits, mayShow, type Candidate, type PlatformView } from './platform-view.ts';
import { createShownRings } from './shown-rings.ts';
import { createPopularityScore, topByScore, type PopularityScore } from './popularity-score.ts';

const HOUR_MS = 3_600_000;

/** Time in which a click loses 63 % of its weight. */
export const POPULARITY_TAU_MS = 18 * HOUR_MS;

/** How old a list of the most popular may be. */
const STALE_MS = HOUR_MS / 2;

/** Users whose latest pages are remembered. */
const USERS_MAX = 200_000;

/** Length of the lists of the most popular. */
const LISTED = 300;

/** Instruments among the cards of a page. */
const INSTRUMENT_CARDS = 12;

/** Lists that are the same for many users, renewed every half hour. */
export interface PopularLists {
  /** The most popular posts for readers of the given languages (bits). */
  posts(languages: number, timeMs: number): readonly Candidate[];
  /** All features and the most popular instruments that a user may be shown. */
  cards(user: UserRecord, timeMs: number): readonly Candidate[];
}

/** See {@link PopularLists}. */
export function createPopularLists(shelf: LiveShelf): PopularLists {
  const lists: { posts: readonly Candidate[]; madeMs: number }[] = Array.from({ length: 4 }, () => ({ posts: [], madeMs: -Infinity }));
  const cardsOfGroup = new Map<string, readonly Candidate[]>();
  let cardsMadeMs = -Infinity;
  return {
    posts(languages, timeMs) {
      const list = lists[languages]!;
      if (timeMs - list.madeMs >= STALE_MS) {
        list.posts = topByScore(shelf.readable(languages), LISTED);
        list.madeMs = timeMs;
      }
      return list.posts;
    },
    cards(user, timeMs) {
      if (timeMs - cardsMadeMs >= STALE_MS) {
        cardsOfGroup.clear();
        cardsMadeMs = timeMs;
      }
      // Rules know no more of a user than this: whole days of age of the account, up to a month.
      const age = Math.min(30, Math.floor((timeMs - user.createdMs) / (24 * HOUR_MS)));
      const group = `${user.jurisdiction} ${user.identityTier} ${user.riskClass} ${age}`;
      const known = cardsOfGroup.get(group);
      if (known !== undefined) return known;
      const instruments = topByScore(
        shelf.instruments.filter((card) => mayShow(card, user, 3, timeMs)),
        INSTRUMENT_CARDS,
      );
      const cards = [...shelf.features.filter((card) => mayShow(card, user, 3, timeMs)), ...instruments];
      cardsOfGroup.set(group, cards);
      return cards;
    },
  };
}

/** A score of popularity over a shelf. */
export function scoreShelf(shelf: LiveShelf): PopularityScore {
  const eachLiving = (visit: (candidate: Candidate) => void) => {
    for (const candidate of [...shelf.readable(3), ...shelf.features, ...shelf.instruments]) visit(candidate);
  };
  return createPopularityScore((kind, id) => shelf.find(kind, id), eachLiving, POPULARITY_TAU_MS);
}

/** Shows what was clicked most of late, time-decayed; nobody the same post twice within their latest hundred. */
export function createPopularPolicy(view: PlatformView): Policy {
  const shelf = createLiveShelf(view.eligibilityRules);
  const popular = createPopularLists(shelf);
  const score = scoreShelf(shelf);
  const shown = createShownRings(USERS_MAX);
  const policy = createShelfPolicy(
    'popular',
    view,
    (request, candidates, _shelf, mayShowIt, user) => {
      const { count, surface, timeMs, userId } = request;
      const isFeed = surface === 'feed';
      if (isFeed) shown.look(userId);
      const list = isFeed ? popular.posts(languageBits(user.languages), timeMs) : topByScore(candidates.posts, 3 * count);
      // What was shown already comes last, for those who have read everything: a page is full.
      const [fresh, known] = [list.filter(({ number }) => !shown.has(number)), list.filter(({ number }) => shown.has(number))];
      const order = isFeed ? [...fresh, ...known] : list;
      const cards = {
        posts: candidates.posts,
        features: topByScore(candidates.features, count),
        instruments: topByScore(candidates.instruments, count),
      };
      const choices = inOrder(count, cards, mayShowIt, order);
      if (isFeed) shown.add(userId, choices);
      return choices;
    },
    shelf,
  );
  return { ...policy, observe: (events) => score.observe(events) };
}
