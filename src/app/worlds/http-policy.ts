import { z } from 'zod';
import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import { subjectKey, subjectOfKey } from '../../data/events/subject-key.ts';
import type { Page, PageItem, PageRequest, Policy } from '../../world/policy.ts';
import type { WorldServer } from './world-server.ts';

/** How pages are asked for. */
export interface HttpPolicyOptions {
  readonly server: WorldServer;
  /** Decides for surfaces that the server has no answer for yet (search, the page of an instrument). */
  readonly elsewhere: Policy;
  /** Places of a page that go to posts too new for the model. @default 2 */
  readonly freshPlaces?: number;
  /** Requests at one time. @default 8 */
  readonly requestsMax?: number;
}

/** The answer of `POST /v1/recommend`, as far as it is read here. */
const recommendAnswer = z.object({
  items: z.array(z.object({ itemId: z.string() })),
  model: z.object({ name: z.string(), revision: z.string() }),
});

/** Latest posts that the last places of a page are drawn from. */
const FRESH_POSTS_MAX = 100;

/**
 * Pages of the feed from `POST /v1/recommend` of a running server: what the model holds best for the user, and posts too
 * new for it in the last places. Ids that name no subject are left out. The model is deterministic, so its places have
 * propensity 1; a fresh post's is the share of fresh posts shown.
 *
 * @throws {WorldServerError} where the server does not answer, or not with a page
 */
export function createHttpPolicy(options: HttpPolicyOptions): Policy {
  const { server, elsewhere, freshPlaces = 2, requestsMax = 8 } = options;
  /** Newest last. */
  const freshPosts = new Set<string>();

  function learn(subjects: readonly SubjectRecord[]): void {
    for (const { kind, id, lifecycle } of subjects) {
      if (kind !== 'content') continue;
      freshPosts.delete(id);
      if (lifecycle === 'live') freshPosts.add(id);
    }
    for (const id of freshPosts) {
      if (freshPosts.size <= FRESH_POSTS_MAX) break;
      freshPosts.delete(id);
    }
  }

  async function pageFor(request: PageRequest): Promise<Page> {
    const { userId, count } = request;
    const answer = await server.post('/v1/recommend', JSON.stringify({ userId, k: count }), recommendAnswer);
    const items: PageItem[] = [];
    const shown = new Set<string>();
    for (const { itemId } of answer.items) {
      const subject = subjectOfKey(itemId);
      if (subject === null || items.length >= request.count - freshPlaces) continue;
      items.push({ ...subject, propensity: 1 });
      shown.add(itemId);
    }
    const fresh = [...freshPosts];
    const wanted = Math.min(freshPlaces, request.count - items.length, fresh.length);
    // A different stretch of the newest for each request, without a random number: requests are numbered by their id.
    const from = fresh.length === 0 ? 0 : hashOf(request.requestId) % fresh.length;
    for (let step = 0, added = 0; step < fresh.length && added < wanted; step++) {
      const id = fresh[(from + step) % fresh.length]!;
      if (shown.has(subjectKey({ kind: 'content', id }))) continue;
      items.push({ kind: 'content', id, propensity: wanted / fresh.length });
      added++;
    }
    return { items, modelVersion: `${answer.model.name}@${answer.model.revision}`, experiments: null };
  }

  return {
    name: 'served',
    learnSubjects(subjects) {
      learn(subjects);
      elsewhere.learnSubjects?.(subjects);
    },
    observe: (events) => elsewhere.observe?.(events),
    async pages(requests) {
      const others = requests.filter(({ surface }) => surface !== 'feed');
      const otherPages = (await elsewhere.pages(others)).values();
      const pages: Page[] = [];
      for (let from = 0; from < requests.length; from += requestsMax) {
        const asked = requests.slice(from, from + requestsMax);
        pages.push(
          ...(await Promise.all(asked.map(async (request) => (request.surface === 'feed' ? pageFor(request) : otherPages.next().value!)))),
        );
      }
      return pages;
    },
  };
}

/** FNV-1a over the characters, 31 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 1;
}
