import { describe, expect, it } from 'vitest';
import type { SubjectRecord } from '../data/catalog/subject-record.ts';
import type { Event } from '../data/events/event.ts';
import { createWorld, type World } from './create-world.ts';
import { createMixedPolicy } from './policies/mixed-policy.ts';
import type { Page, PageRequest, Policy } from './policy.ts';
import { digestEvents } from './stream/digest-events.ts';
import { WORLD_VERSION } from './world-version.ts';
import { PolicyAnswerError, UnknownInWorldError, WorldBrokenError, WorldBusyError, WorldSettingsError } from './world-errors.ts';
import type { WorldChoice } from './world-settings.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Runs a world for some days with the default logging policy; returns all that it told. */
async function record(options: { preset?: WorldChoice; seed?: number; days: number; pieces?: number; slow?: boolean; instance?: string }) {
  const { preset = 'tiny', seed = 1, days, pieces = 1, slow = false, instance = '' } = options;
  const world = createWorld({ preset, seed, instance });
  const mixed = createMixedPolicy(world, seed);
  const policy: Policy = slow ? { ...mixed, pages: (requests) => answerOneByOne(mixed, requests) } : mixed;
  const events: Event[] = [];
  const subjects: SubjectRecord[] = [...world.subjects()];
  for (let piece = 1; piece <= pieces; piece++) {
    const untilMs = world.settings.startMs + Math.round((days * DAY_MS * piece) / pieces / 60_000) * 60_000;
    await world.run({
      policy,
      untilMs,
      onEvents: (batch) => void events.push(...batch),
      onSubjects: (batch) => void subjects.push(...batch),
    });
  }
  return { world, events, subjects };
}

/** As a server would be asked: a request a call, answers in whatever order, each a turn of the event loop late. */
async function answerOneByOne(policy: Policy, requests: readonly PageRequest[]): Promise<readonly Page[]> {
  const pages: Page[] = [];
  const places = [...requests.keys()].toReversed();
  await Promise.all(
    places.map(async (place) => {
      await Promise.resolve();
      pages[place] = (await policy.pages([requests[place]!]))[0]!;
    }),
  );
  return pages;
}

/** Moves with any change of behaviour, which then is meant: put the new one here, raise the version, and say in the commit what changed. */
const GOLDEN = { version: 2, events: 14636, digest: 'af43d781d7b054a442ea74a7e2b90e153c94a335db4282121f791e634623bd5a' };

describe('a world', () => {
  it('makes the same events from the same seed, on any machine and Node.js: the golden digest', async () => {
    const { events } = await record({ days: 2 });
    expect({ version: WORLD_VERSION, events: events.length, digest: digestEvents(events) }).toEqual(GOLDEN);
  });

  it('does not care how its time is cut, nor in what order and how late pages come', async () => {
    const whole = digestEvents((await record({ days: 1, seed: 4 })).events);
    expect(digestEvents((await record({ days: 1, seed: 4, pieces: 7 })).events)).toBe(whole);
    expect(digestEvents((await record({ days: 1, seed: 4, slow: true })).events)).toBe(whole);
    expect(digestEvents((await record({ days: 1, seed: 5 })).events)).not.toBe(whole);
  });

  it('gives ids that no other instance of it gives', async () => {
    const first = await record({ days: 0.3 });
    const other = await record({ days: 0.3, instance: 'b' });
    const ids = new Set(first.events.map(({ id }) => id));
    expect(ids.size).toBe(first.events.length);
    expect(other.events.length).toBeGreaterThan(1_000);
    expect(other.events.some(({ id }) => ids.has(id))).toBe(false);
  });

  it('writes events that hold what the envelope promises, about subjects that were told of before', async () => {
    const { world, events, subjects } = await record({ days: 2, seed: 3 });
    const users = new Set([...world.users()].map(({ id }) => id));
    const known = new Map(subjects.map((subject) => [`${subject.kind}:${subject.id}`, subject]));
    const pages = new Map<string, Set<number>>();
    let before = 0;
    for (const { action, userId, subject, timeMs, receivedTimeMs, context, value, quantity, query } of events) {
      expect(Number.isInteger(timeMs) && Number.isInteger(receivedTimeMs)).toBe(true);
      expect(receivedTimeMs).toBeGreaterThanOrEqual(Math.max(timeMs, before));
      before = receivedTimeMs;
      if (action === 'price') expect(userId).toBeNull();
      else expect(users.has(userId!)).toBe(true);
      if (['query', 'refine', 'deposit', 'withdrawal', 'session-start', 'session-end'].includes(action)) expect(subject).toBeNull();
      else {
        const { tags, instruments, authorId, createdMs } = known.get(`${subject!.kind}:${subject!.id}`)!;
        expect(subject).toMatchObject({ tags, instruments, authorId });
        expect(createdMs).toBeLessThanOrEqual(timeMs);
      }
      if (action === 'query' || action === 'refine') expect(query!.length > 0 && quantity! >= 0).toBe(true);
      if (['order-placed', 'trade-filled', 'deposit', 'withdrawal', 'dwell', 'session-end'].includes(action))
        expect(Number.isSafeInteger(value) && value! > 0).toBe(true);
      if (action !== 'impression') continue;
      expect(context.propensity! > 0 && context.propensity! <= 1).toBe(true);
      const places = pages.get(context.requestId!) ?? new Set();
      expect(places.has(context.position!)).toBe(false);
      pages.set(context.requestId!, places.add(context.position!));
    }
    expect(pages.size).toBeGreaterThan(300);
    // The post that an event of a reader is about was shown to them before.
    const shown = new Set(
      events.filter(({ action }) => action === 'impression').map(({ context }) => `${context.requestId} ${context.position}`),
    );
    const reactions = events.filter(({ action }) => ['click', 'result-click', 'like', 'dwell', 'hide', 'follow'].includes(action));
    expect(reactions.length).toBeGreaterThan(300);
    const strays = reactions.filter(({ context }) => !shown.has(`${context.requestId} ${context.position}`));
    // Those whose impression is under way still, at the end of the run.
    expect(strays.length).toBeLessThan(3);
  });

  it('keeps within its bounds however long it runs: posts retire, contracts roll', async () => {
    const preset = { base: 'tiny', users: 40, authors: 10, leaders: 2, sessionsPerUserDay: 0.3, postLifeMs: 12 * HOUR_MS } as const;
    const { world, subjects } = await record({ preset, days: 20 });
    const alive = [...world.subjects()];
    const posts = alive.filter(({ kind }) => kind === 'content');
    const ends = subjects.filter(({ lifecycle }) => lifecycle === 'retired');
    expect(posts.length).toBeLessThan(60);
    expect(ends.filter(({ kind }) => kind === 'content').length).toBeGreaterThan(200);
    expect(ends.filter(({ kind }) => kind === 'instrument').length).toBeGreaterThan(4);
    // What was told and has not ended is what lives.
    const told = new Map(subjects.map((subject) => [`${subject.kind}:${subject.id}`, subject.lifecycle]));
    const living = [...told].filter(([, lifecycle]) => lifecycle === 'live').map(([key]) => key);
    expect(alive.map(({ kind, id }) => `${kind}:${id}`).toSorted()).toEqual(living.toSorted());
    for (const { createdMs } of posts) expect(world.timeMs() - createdMs).toBeLessThanOrEqual(12 * HOUR_MS + 60_000);
  });

  it('ends at the end of a tick when its signal fires, and goes on from there', async () => {
    const whole = digestEvents((await record({ days: 1 })).events);
    const world = createWorld({ preset: 'tiny', seed: 1 });
    const policy = createMixedPolicy(world, 1);
    const untilMs = world.settings.startMs + DAY_MS;
    const events: Event[] = [];
    const controller = new AbortController();
    const onEvents = (batch: readonly Event[]) => {
      events.push(...batch);
      if (events.length > 500) controller.abort();
    };
    const report = await world.run({ policy, untilMs, onEvents, signal: controller.signal });
    expect(report.untilMs).toBe(world.timeMs());
    expect(report.untilMs).toBeLessThan(untilMs);
    expect(report.events).toBe(events.length);
    await world.run({ policy, untilMs, onEvents });
    expect(digestEvents(events)).toBe(whole);
  });
});

/** A world and a policy that answers whatever is given. */
function withPages(page: (request: PageRequest) => Page): { world: World; policy: Policy; untilMs: number } {
  const world = createWorld({ preset: 'tiny', seed: 1 });
  const policy: Policy = { name: 'strange', pages: (requests) => requests.map(page) };
  return { world, policy, untilMs: world.settings.startMs + 6 * HOUR_MS };
}

const EMPTY: Page = { items: [], modelVersion: null, experiments: null };

describe('a world with a strange policy', () => {
  it('passes over items that do not exist, and counts them', async () => {
    const items = [
      { kind: 'content', id: 'p99999999', propensity: null },
      { kind: 'content', id: 'p01', propensity: null },
      { kind: 'feature', id: '__proto__', propensity: null },
      { kind: 'instrument', id: 'spot', propensity: null },
      { kind: 'feature', id: 'spot', propensity: null },
    ] as const;
    const { world, policy, untilMs } = withPages(() => ({ ...EMPTY, items }));
    const events: Event[] = [];
    const report = await world.run({ policy, untilMs, onEvents: (batch) => void events.push(...batch) });
    expect(report.unknownItems).toBe(4 * report.pages);
    const shown = events.filter(({ action }) => action === 'impression');
    expect(shown.length).toBeGreaterThan(10);
    expect(new Set(shown.map(({ subject, context }) => `${subject!.id} ${context.position}`))).toEqual(new Set(['spot 4']));
  });

  it('lives with empty pages', async () => {
    const { world, policy, untilMs } = withPages(() => EMPTY);
    const report = await world.run({ policy, untilMs });
    expect(report.pages).toBeGreaterThan(10);
  });

  it('says what was wrong with an answer, and that it is broken from then on', async () => {
    const long = withPages(({ count }) => ({
      ...EMPTY,
      items: Array.from({ length: count + 1 }, () => ({ kind: 'feature', id: 'spot', propensity: null })),
    }));
    await expect(long.world.run(long)).rejects.toThrow(/Policy strange put \d+ items on a page of \d+ places/);
    await expect(long.world.run(long)).rejects.toThrow(WorldBrokenError);
    const short = withPages(() => EMPTY);
    await expect(short.world.run({ ...short, policy: { name: 'short', pages: () => [] } })).rejects.toThrow(PolicyAnswerError);
    const failing = withPages(() => {
      throw new Error('server gone');
    });
    await expect(failing.world.run(failing)).rejects.toThrow('server gone');
  });

  it('refuses to run backwards, off its ticks or twice at once, and stays whole', async () => {
    const { world, policy, untilMs } = withPages(() => EMPTY);
    await expect(world.run({ policy, untilMs: world.timeMs() - 60_000 })).rejects.toThrow(WorldSettingsError);
    await expect(world.run({ policy, untilMs: untilMs + 1 })).rejects.toThrow(/untilMs/);
    const first = world.run({ policy, untilMs });
    await expect(world.run({ policy, untilMs })).rejects.toThrow(WorldBusyError);
    expect((await first).untilMs).toBe(untilMs);
    expect(() => world.user('nobody')).toThrow(UnknownInWorldError);
    expect(() => world.follows('u200')).toThrow(/no user "u200"/);
  });
});
