import type { Policy } from '../policy.ts';
import { createShelfPolicy, inOrder } from './ordered-policy.ts';
import type { PlatformView } from './platform-view.ts';

/** Posts that are looked at for a page of the newest: most of the newest are readable, so a few pages' worth. */
const LOOKED_AT = 400;

/** Shows the newest posts first, whoever asks. */
export function createNewestPolicy(view: PlatformView): Policy {
  return createShelfPolicy('newest', view, ({ count }, candidates, _shelf, mayShowIt) =>
    inOrder(count, candidates, mayShowIt, candidates.posts.slice(-LOOKED_AT).toReversed()),
  );
}
