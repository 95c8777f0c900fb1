import { createCounterRandom, deriveKey } from '../../base/counter-random.ts';
import type { Event } from '../../data/events/event.ts';
import type { PageRequest, Policy } from '../policy.ts';
import { TOPICS } from '../writing/topics.ts';
import { createLiveShelf } from './live-shelf.ts';
import { createShelfPolicy } from './ordered-policy.ts';
import type { PageCandidates } from './page-candidates.ts';
import type { Candidate, PlatformView, Reader } from './platform-view.ts';
import { createPopularLists, scoreShelf } from './popular-policy.ts';
import { topByScore } from './popularity-score.ts';
import { createShownRings } from './shown-rings.ts';
import { sampleSlots, type SlotSource } from './slot-sampler.ts';
import { textHash } from './text-hash.ts';

/** How the places of a feed are shared out, on average. */
export interface FeedShares {
  /** By time-decayed clicks. */
  readonly popular: number;
  readonly newest: number;
  /** By authors that the user follows. */
  readonly followed: number;
  /** On the topic that the user clicked last. */
  readonly recent: number;
  /** Features and instruments. */
  readonly cards: number;
  /** Any readable post, all alike: the share ε of exploration, which keeps every propensity above 0. */
  readonly explore: number;
}

/** Shares of the default logging policy. */
export const FEED_SHARES: FeedShares = { popular: 0.34, newest: 0.16, followed: 0.18, recent: 0.12, cards: 0.12, explore: 0.08 };

/** Candidates that a source takes at most. */
const LISTED = 30;

/** Tags that say what something is about. */
const TOPIC_IDS: ReadonlySet<string> = new Set(TOPICS.map(({ id }) => id));

/** Users whose last tag is remembered; beyond, the longest unseen are forgotten. */
const USERS_MAX = 200_000;

/**
 * What a platform without a model does, and the policy behind the `demo` history: a mix of what is popular, new, followed,
 * like the last click, and cards, with exploration. What a user was shown of late is left out. All propensities are exact.
 */
export function createMixedPolicy(view: PlatformView, seed: number | string, shares: FeedShares = FEED_SHARES): Policy {
  const key = deriveKey(seed, 'mixed policy');
  const random = createCounterRandom();
  const shelf = createLiveShelf(view.eligibilityRules);
  const popular = createPopularLists(shelf);
  const score = scoreShelf(shelf);
  const shown = createShownRings(USERS_MAX);
  const lastTag = new Map<string, string>();

  const observe = (events: readonly Event[]) => {
    score.observe(events);
    for (const { action, userId, subject } of events) {
      if (userId === null || subject === null || (action !== 'click' && action !== 'result-click')) continue;
      lastTag.delete(userId);
      lastTag.set(userId, subject.tags.find((tag) => TOPIC_IDS.has(tag)) ?? '');
      if (lastTag.size > USERS_MAX) lastTag.delete(lastTag.keys().next().value!);
    }
  };

  const feed = ({ userId, timeMs }: PageRequest, { posts }: PageCandidates, reader: Reader): SlotSource[] => {
    const { languages } = reader;
    shown.look(userId);
    // No rule bears on posts, so this is all that may speak against one.
    const fresh = (post: Candidate) => !shown.has(post.number) && !post.retired && (post.languages & languages) !== 0;
    const followed: Candidate[] = [];
    for (const author of view.follows(userId)) {
      const written = shelf.byAuthor(author);
      for (let at = Math.max(0, written.length - 4); at < written.length; at++) if (fresh(written[at]!)) followed.push(written[at]!);
    }
    const tag = lastTag.get(userId);
    return [
      source(shares.popular, firstOf(popular.posts(languages, timeMs), fresh, LISTED), (rank) => 1 / (rank + 4)),
      source(shares.newest, lastOf(posts, fresh, LISTED), () => 1),
      source(shares.followed, followed, () => 1),
      source(shares.recent, tag === undefined ? [] : lastOf(shelf.byTag(tag), fresh, LISTED / 2), () => 1),
      source(shares.cards, popular.cards(reader, timeMs), () => 1),
      // All of them may be shown: the list is by language, and no rule bears on posts.
      { share: shares.explore, candidates: posts, holds: isPost },
    ];
  };

  /** Elsewhere: the popular first, with some chance for the rest. */
  const elsewhere = (found: PageCandidates, count: number, mayShowIt: (candidate: Candidate) => boolean) => {
    const { features, instruments } = found;
    const posts = found.posts.filter(mayShowIt);
    const best = [
      ...features.filter(mayShowIt).slice(0, count),
      ...topByScore(instruments.filter(mayShowIt), 4),
      ...topByScore(posts, 2 * count),
    ];
    return [
      source(1 - shares.explore, best, (rank) => 1 / ((rank + 1) * (rank + 1))),
      { share: shares.explore, candidates: posts, holds: isPost },
    ];
  };

  const policy = createShelfPolicy(
    'mixed',
    view,
    (request, candidates, _shelf, mayShowIt, reader) => {
      random.reset(key, textHash(request.requestId), 0, 0);
      const isFeed = request.surface === 'feed';
      const sources = isFeed ? feed(request, candidates, reader) : elsewhere(candidates, request.count, mayShowIt);
      const choices = sampleSlots(random, sources, request.count);
      if (isFeed) shown.add(request.userId, choices);
      return choices;
    },
    shelf,
  );
  return { ...policy, observe };
}

/** The only posts that stand in a source stand in the explored ones too, and nothing else does. */
const isPost = ({ kind }: Candidate) => kind === 'content';

function source(share: number, candidates: readonly Candidate[], weightOf: (rank: number) => number): SlotSource {
  const weights: number[] = [];
  for (let rank = 0; rank < candidates.length; rank++) weights.push(weightOf(rank));
  return { share, candidates, weights };
}

function firstOf(list: readonly Candidate[], fits: (candidate: Candidate) => boolean, count: number): Candidate[] {
  const first: Candidate[] = [];
  for (let at = 0; at < list.length && first.length < count; at++) if (fits(list[at]!)) first.push(list[at]!);
  return first;
}

function lastOf(list: readonly Candidate[], fits: (candidate: Candidate) => boolean, count: number): Candidate[] {
  const last: Candidate[] = [];
  // Of a long list only the end: the newest are what is wanted.
  const from = Math.max(0, list.length - 4 * count);
  for (let at = list.length - 1; at >= from && last.length < count; at--) if (fits(list[at]!)) last.push(list[at]!);
  return last;
}
