import type { CounterRandom } from '../../base/counter-random.ts';
import type { EventContext } from '../../data/events/event.ts';
import { SOCIALISE } from '../population/intents.ts';
import { findTie, makeTie, NONE, userIdOf } from '../population/people.ts';
import type { WorldState } from '../world-state.ts';

/** Time until the platform has an event of a moment. */
export type Lag = (timeMs: number) => number;

/** What readers say about posts, and how their trust in authors moves. */
export interface Feedback {
  /** After a post was read; returns when the reader is done. */
  afterClick(u: number, post: number, satisfied: boolean, random: CounterRandom, timeMs: number, lag: Lag, context: EventContext): number;
  /** After a post was looked at and left. */
  afterPassing(u: number, post: number, random: CounterRandom, timeMs: number, lag: Lag, context: EventContext): void;
}

/**
 * Explicit feedback is rare beside clicks, and one in some tens of satisfied readers likes: Hu, Koren & Volinsky 2008,
 * "Collaborative filtering for implicit feedback datasets", ICDM, is the classic on why the rest must be inferred.
 */
export function createFeedback(state: WorldState): Feedback {
  const { people, posts, authors, journal } = state;

  const trustMoves = (u: number, author: number, satisfied: boolean) => {
    if (author === u) return NONE;
    const tie = satisfied ? makeTie(people, u, author) : findTie(people, u, author);
    if (tie === NONE) return NONE;
    const trust = people.tieTrust[tie]!;
    people.tieTrust[tie] = satisfied ? trust + 0.15 * (1 - trust) : trust - 0.13 * (1 + trust);
    return tie;
  };

  return {
    afterClick(u, post, satisfied, random, timeMs, lag, context) {
      const row = post % posts.capacity;
      const author = posts.author[row]!;
      const subject = posts.subjects[row]!;
      const userId = userIdOf(u);
      const social = people.intent[u] === SOCIALISE ? 2 : 1;
      let clock = timeMs;
      const say = (action: 'like' | 'comment' | 'share' | 'follow' | 'hide' | 'report', afterMs: number) => {
        clock += afterMs;
        journal.write(userId, action, subject, clock, lag(clock), context);
      };
      const likes = random.next();
      const comments = random.next();
      const shares = random.next();
      const follows = random.next();
      const complains = random.next();
      const tie = trustMoves(u, author, satisfied);
      if (satisfied) {
        if (likes < 0.11 * social) say('like', 900);
        if (comments < 0.018 * social) say('comment', 25_000);
        if (shares < 0.022 * social) say('share', 4_000);
        if (tie !== NONE && people.tieFollows[tie] === 0 && follows < 0.03 + 0.12 * people.tieTrust[tie]!) {
          people.tieFollows[tie] = 1;
          authors.followers[author]!++;
          say('follow', 1_500);
        }
        return clock;
      }
      if (complains < 0.03 + 0.05 * posts.hype[row]!) say('hide', 1_200);
      else if (complains > 1 - (posts.campaign[row] === NONE ? 0.003 : 0.05 + 0.1 * people.experience[u]!)) say('report', 3_000);
      if (tie !== NONE && people.tieFollows[tie] === 1 && people.tieTrust[tie]! < -0.3) {
        // There is no `unfollow` in the envelope: the tie just ends.
        people.tieFollows[tie] = 0;
        authors.followers[author]!--;
      }
      return clock;
    },
    afterPassing(u, post, random, timeMs, lag, context) {
      const row = post % posts.capacity;
      const annoying = 0.0012 + 0.004 * posts.hype[row]! * people.experience[u]!;
      if (random.next() >= annoying) return;
      journal.write(userIdOf(u), 'hide', posts.subjects[row]!, timeMs, lag(timeMs), context);
      const tie = findTie(people, u, posts.author[row]!);
      if (tie !== NONE) people.tieTrust[tie] = Math.max(-1, people.tieTrust[tie]! - 0.3);
    },
  };
}
