import { describe, expect, it } from 'vitest';
import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import { createWorld, type World } from '../create-world.ts';
import { isAllowed, rulesNamed } from '../platform/eligibility.ts';
import type { Page, PageRequest, Policy } from '../policy.ts';
import { createMixedPolicy, FEED_SHARES } from './mixed-policy.ts';
import { createNewestPolicy } from './newest-policy.ts';
import { createPopularPolicy } from './popular-policy.ts';
import { createRandomPolicy } from './random-policy.ts';

const DAY_MS = 86_400_000;

const POLICIES: Readonly<Record<string, (world: World) => Policy>> = {
  random: (world) => createRandomPolicy(world, 1),
  newest: createNewestPolicy,
  popular: createPopularPolicy,
  mixed: (world) => createMixedPolicy(world, 1),
};

/** Runs a small world under a policy and keeps every page with what lived at that moment. */
async function watch(name: string) {
  const world = createWorld({ preset: 'tiny', seed: 9 });
  const policy = POLICIES[name]!(world);
  const living = new Map<string, SubjectRecord>();
  const pages: { request: PageRequest; page: Page; subjects: (SubjectRecord | undefined)[]; posts: number }[] = [];
  const watched: Policy = {
    ...policy,
    learnSubjects(subjects) {
      for (const subject of subjects) {
        if (subject.lifecycle === 'live') living.set(`${subject.kind}:${subject.id}`, subject);
        else living.delete(`${subject.kind}:${subject.id}`);
      }
      policy.learnSubjects!(subjects);
    },
    pages(requests) {
      const answers = policy.pages(requests) as readonly Page[];
      for (const [at, page] of answers.entries()) {
        const subjects = page.items.map(({ kind, id }) => living.get(`${kind}:${id}`));
        pages.push({ request: requests[at]!, page, subjects, posts: [...living.keys()].filter((key) => key.startsWith('content')).length });
      }
      return answers;
    },
  };
  await world.run({ policy: watched, untilMs: world.settings.startMs + 2 * DAY_MS });
  return { world, pages };
}

describe.each(Object.keys(POLICIES))('the policy %s', (name) => {
  it('fills pages with what lives, may be shown, can be read, and nothing twice', async () => {
    const { world, pages } = await watch(name);
    expect(pages.length).toBeGreaterThan(500);
    for (const { request, page, subjects } of pages) {
      const user = world.user(request.userId);
      expect(page.items.length).toBeLessThanOrEqual(request.count);
      expect(new Set(page.items.map(({ kind, id }) => `${kind}:${id}`)).size).toBe(page.items.length);
      expect(page.modelVersion).toBe(name);
      for (const [place, subject] of subjects.entries()) {
        expect(subject).toBeDefined();
        const { language, eligibilityRules } = subject!;
        if (language !== null && subject!.kind === 'content') expect(user.languages).toContain(language);
        expect(isAllowed(user, rulesNamed(eligibilityRules), request.timeMs)).toBe(true);
        const { propensity } = page.items[place]!;
        expect(propensity! > 0 && propensity! <= 1).toBe(true);
      }
      if (request.surface === 'feed') expect(page.items.length).toBe(request.count);
    }
    const surfaces = new Set(pages.map(({ request }) => request.surface));
    expect(surfaces).toEqual(new Set(['feed', 'search', 'instrument-page', 'hub']));
    // Searches find what they are after: most of them something.
    const searches = pages.filter(({ request }) => request.query !== null);
    expect(searches.filter(({ page }) => page.items.length > 0).length / searches.length).toBeGreaterThan(0.7);
  });
});

describe('the policies differ', () => {
  it('newest by age, popular by what others clicked, random by nothing', async () => {
    const { pages } = await watch('newest');
    for (const { request, subjects } of pages) {
      const ages = subjects.filter((subject) => subject!.kind === 'content').map((subject) => request.timeMs - subject!.createdMs);
      expect(ages).toEqual(ages.toSorted((a, b) => a - b));
    }
    const random = (await watch('random')).pages.filter(({ request }) => request.surface === 'feed');
    for (const { page } of random) {
      const first = page.items[0]!.propensity!;
      for (const [place, { propensity }] of page.items.entries()) expect(1 / propensity!).toBeCloseTo(1 / first - place, 6);
    }
  });

  it('mixed explores: every readable post has its chance on every place of a feed', async () => {
    const { pages } = await watch('mixed');
    const feeds = pages.filter(({ request }) => request.surface === 'feed');
    for (const { page, subjects, posts } of feeds) {
      for (const [place, { propensity }] of page.items.entries()) {
        if (subjects[place]!.kind === 'content') expect(propensity!).toBeGreaterThan((0.9 * FEED_SHARES.explore) / posts);
      }
    }
    const cards = feeds.flatMap(({ subjects }) => subjects).filter((subject) => subject!.kind !== 'content').length;
    const share = cards / feeds.reduce((sum, { page }) => sum + page.items.length, 0);
    // Readers of a small world soon saw its posts; the shares of sources that ran dry go to the others.
    expect(share).toBeGreaterThan(FEED_SHARES.cards - 0.03);
    expect(share).toBeLessThan(2 * FEED_SHARES.cards);
  });
});
