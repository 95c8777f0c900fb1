import type { Policy } from '../policy.ts';
import { createLiveShelf, type LiveShelf } from './live-shelf.ts';
import { createShelfPolicy, inOrder } from './ordered-policy.ts';
import { mayShow, type Candidate, type PlatformView, type Reader } from './platform-view.ts';
import { createShownRings } from './shown-rings.ts';
import { createPopularityScore, topByScore, type PopularityScore } from './popularity-score.ts';

const HOUR_MS = 3_600_000;

/** Time in which a click loses 63 % of its weight. */
export const POPULARITY_TAU_MS = 18 * HOUR_MS;

/** Lists of the most popular are renewed this often. By the clock, so that it does not matter who of a moment asks first. */
const RENEWED_MS = HOUR_MS / 2;

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
  /** All features and the most popular instruments that a reader may be shown. */
  cards(reader: Reader, timeMs: number): readonly Candidate[];
}

/** See {@link PopularLists}. */
export function createPopularLists(shelf: LiveShelf): PopularLists {
  /** By languages; a post has one. Null until somebody asks in this round. */
  let postsOf: readonly (readonly Candidate[])[] | null = null;
  /** By the rules that readers meet. */
  const cardsOfGroup = new Map<number, readonly Candidate[]>();
  let round = -1;
  const renew = (timeMs: number) => {
    const now = Math.floor(timeMs / RENEWED_MS);
    if (now === round) return;
    round = now;
    postsOf = null;
    cardsOfGroup.clear();
  };
  const listPosts = () => {
    const [english, chinese] = [topByScore(shelf.readable(1), LISTED), topByScore(shelf.readable(2), LISTED)];
    return [[], english, chinese, topByScore([...english, ...chinese], LISTED)];
  };
  return {
    posts(languages, timeMs) {
      renew(timeMs);
      return (postsOf ??= listPosts())[languages]!;
    },
    cards(reader, timeMs) {
      renew(timeMs);
      const known = cardsOfGroup.get(reader.met);
      if (known !== undefined) return known;
      // No card has a language.
      const allowed = (card: Candidate) => mayShow(card, reader);
      const cards = [...shelf.features.filter(allowed), ...topByScore(shelf.instruments.filter(allowed), INSTRUMENT_CARDS)];
      cardsOfGroup.set(reader.met, cards);
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
    (request, candidates, _shelf, mayShowIt, reader) => {
      const { count, surface, timeMs, userId } = request;
      const isFeed = surface === 'feed';
      if (isFeed) shown.look(userId);
      const list = isFeed ? popular.posts(reader.languages, timeMs) : topByScore(candidates.posts, 3 * count);
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
