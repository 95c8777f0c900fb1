import { createCounterRandom, deriveKey } from '../../base/counter-random.ts';
import type { Policy } from '../policy.ts';
import { createShelfPolicy, type Choice } from './ordered-policy.ts';
import type { Candidate, PlatformView } from './platform-view.ts';
import { textHash } from './text-hash.ts';

/**
 * Shows what belongs on the surface in an order drawn at random, all orders equally likely: what estimators without bias
 * are checked against. Each propensity is one over the candidates left.
 */
export function createRandomPolicy(view: PlatformView, seed: number | string): Policy {
  const key = deriveKey(seed, 'random policy');
  const random = createCounterRandom();
  return createShelfPolicy('random', view, ({ requestId, count }, { posts, features, instruments }, _shelf, mayShowIt) => {
    const pool: Candidate[] = [...posts, ...features, ...instruments].filter(mayShowIt);
    random.reset(key, textHash(requestId), 0, 0);
    const choices: Choice[] = [];
    for (let place = 0; place < count && place < pool.length; place++) {
      const left = pool.length - place;
      const at = place + random.integer(left);
      const candidate = pool[at]!;
      pool[at] = pool[place]!;
      pool[place] = candidate;
      choices.push({ candidate, propensity: 1 / left });
    }
    return choices;
  });
}
