import { createLiveShelf } from '../policies/live-shelf.ts';
import { createShelfPolicy } from '../policies/ordered-policy.ts';
import type { PlatformView } from '../policies/platform-view.ts';
import type { Policy } from '../policy.ts';
import type { Surface } from '../population/intents.ts';
import { truthOf } from './world-truth.ts';

/** Newest candidates that are ranked for a page. */
const RANKED_MAX = 2_000;

/**
 * Shows what satisfies most, by the truth: the upper end that a policy can be held against, greedy and without regard for
 * tomorrow. Dear: it asks for the truth of every candidate.
 */
export function createOraclePolicy(world: PlatformView): Policy {
  const truth = truthOf(world);
  const shelf = createLiveShelf(world.eligibilityRules);
  return createShelfPolicy(
    'oracle',
    world,
    ({ userId, surface, count }, { posts, features, instruments }, _shelf, mayShowIt) => {
      const candidates = [...posts.slice(-RANKED_MAX), ...features, ...instruments].filter(mayShowIt);
      const worth = truth.page(userId, surface as Surface, candidates).map(({ attraction, satisfaction }, place) => ({
        candidate: candidates[place]!,
        // A disappointed click costs about half of what a satisfied one is worth.
        worth: attraction * (1.45 * satisfaction - 0.45),
      }));
      const best = worth.toSorted((a, b) => b.worth - a.worth || a.candidate.number - b.candidate.number);
      return best.slice(0, count).map(({ candidate }) => ({ candidate, propensity: 1 }));
    },
    shelf,
  );
}
