import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oracleDelays } from './actions-oracle.fixture.ts';
import { LONG_DWELL_SECONDS, platformTasks } from './platform-tasks.ts';
import { actionsOf, eventsArbitrary, eventsOf, someTasks, type Deed } from './some-actions.fixture.ts';
import { checkTasks, horizonOf, type TaskDeclaration } from './task-declaration.ts';
import { TaskDeclarationError } from './task-errors.ts';
import { taskOutcomes } from './task-outcomes.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

test('delays of every kind of task equal the oracle’s on any log', async () => {
  await fc.assert(
    fc.asyncProperty(eventsArbitrary, async (events) => {
      const { delaysMs } = taskOutcomes(await actionsOf(events), someTasks);
      for (const task of someTasks) expect([...delaysMs[task.name]!]).toEqual(oracleDelays(events, task));
    }),
    { numRuns: 400 },
  );
});

/** Delays by place of one task, of events told one by one. */
async function delaysOf(task: TaskDeclaration, ...deeds: readonly Deed[]): Promise<readonly number[]> {
  return [...taskOutcomes(await actionsOf(eventsOf(deeds)), [task]).delaysMs[task.name]!];
}

/** One of the platform's tasks. */
const platformTask = (name: string) => platformTasks.find((task) => task.name === name)!;

const seen = (subject: Deed['subject'] = 'post', at = 1000, rest: Partial<Deed> = {}): Deed => ({
  action: 'impression',
  at,
  subject: subject!,
  request: 'r',
  ...rest,
});

describe('responses', () => {
  const click = platformTask('click');
  const answer = (action: Deed['action'], at: number, rest: Partial<Deed> = {}): Deed => ({ action, at, request: 'r', ...rest });

  test('count on the same request and subject, from seeing until the window ends', async () => {
    expect(await delaysOf(click, seen(), answer('click', 1000))).toEqual([0]);
    expect(await delaysOf(click, seen(), answer('click', 1000 + 30 * MINUTE_MS))).toEqual([30 * MINUTE_MS]);
    expect(await delaysOf(click, seen(), answer('click', 1001 + 30 * MINUTE_MS))).toEqual([Infinity]);
    expect(await delaysOf(click, seen(), answer('click', 1500, { request: 'other' }))).toEqual([Infinity]);
    expect(await delaysOf(click, seen(), answer('click', 1500, { request: null }))).toEqual([Infinity]);
    expect(await delaysOf(click, seen(), answer('click', 1500, { subject: 'plain' }))).toEqual([Infinity]);
    expect(await delaysOf(click, seen(), answer('click', 1500, { user: 'v' }))).toEqual([Infinity]);
    expect(await delaysOf(click, seen(), answer('like', 1500))).toEqual([Infinity]);
  });

  test('never count from before the place was seen', async () => {
    expect(await delaysOf(click, answer('click', 999), seen())).toEqual([Infinity]);
    expect(await delaysOf(click, seen(), answer('click', 999, { lag: 500 }))).toEqual([Infinity]);
  });

  test('are late by their way to the platform; the first that was known counts', async () => {
    const deeds = [seen(), answer('click', 1400, { lag: 3000 }), answer('click', 1600, { lag: 200 })];
    expect(await delaysOf(click, deeds[0]!, deeds[2]!, deeds[1]!)).toEqual([800]);
    expect(await delaysOf(click, deeds[0]!, deeds[1]!)).toEqual([3400]);
  });

  test('a click is a click, a result’s click or the opening of a card; a place of its own each', async () => {
    const deeds = [
      seen('post', 1000, { position: 0 }),
      seen('btc', 1000, { position: 1 }),
      seen('help', 1000, { position: 2 }),
      seen('spot', 1000, { position: 3 }),
      answer('click', 1100, { subject: 'post' }),
      answer('result-click', 1200, { subject: 'btc' }),
      answer('open', 1300, { subject: 'help' }),
    ];
    expect(await delaysOf(click, ...deeds)).toEqual([100, 200, 300, Infinity]);
  });

  test('a long dwell is one of half a minute, of content alone', async () => {
    const dwell = platformTask('long-dwell');
    const value = LONG_DWELL_SECONDS * 1000;
    expect(await delaysOf(dwell, seen(), answer('dwell', 40_000, { value }))).toEqual([39_000]);
    expect(await delaysOf(dwell, seen(), answer('dwell', 40_000, { value: value - 1 }))).toEqual([Infinity]);
    expect(await delaysOf(dwell, seen('help'), answer('dwell', 40_000, { value, subject: 'help' }))).toEqual([NaN]);
  });

  test('of what has no value, none is at least a value', async () => {
    const worthy: TaskDeclaration = { kind: 'response', name: 'like', actions: ['like'], windowMs: 9, leastValue: 0 };
    expect(await delaysOf(worthy, seen(), answer('like', 1001, { value: 5 }))).toEqual([Infinity]);
  });

  test.each([
    ['like', 'like'],
    ['share', 'share'],
    ['follow', 'follow'],
    ['negative-feedback', 'hide'],
    ['negative-feedback', 'report'],
  ] as const)('%s: a %s of content', async (name, action) => {
    expect(await delaysOf(platformTask(name), seen(), answer(action, 1300))).toEqual([300]);
    expect(await delaysOf(platformTask(name), seen(), answer('comment', 1300))).toEqual([Infinity]);
    expect(await delaysOf(platformTask(name), seen('spot'), answer(action, 1300, { subject: 'spot' }))).toEqual([NaN]);
  });

  test('adoption: of a feature', async () => {
    const adoption = platformTask('adoption');
    expect(await delaysOf(adoption, seen('help'), answer('adopt', 9000, { subject: 'help' }))).toEqual([8000]);
    expect(await delaysOf(adoption, seen('help'), answer('open', 9000, { subject: 'help' }))).toEqual([Infinity]);
    expect(await delaysOf(adoption, seen('post'))).toEqual([NaN]);
  });
});

describe('conversions', () => {
  const trade = platformTask('trade');
  const filled = (at: number, subject: Deed['subject'], rest: Partial<Deed> = {}): Deed => ({ action: 'trade-filled', at, subject: subject!, ...rest }); // prettier-ignore

  test('on the instrument itself, or on one that a post mentions', async () => {
    expect(await delaysOf(trade, seen('btc'), filled(2000, 'btc'))).toEqual([1000]);
    expect(await delaysOf(trade, seen('btc'), filled(2000, 'eth'))).toEqual([Infinity]);
    expect(await delaysOf(trade, seen('post'), filled(2000, 'eth'))).toEqual([1000]);
    expect(await delaysOf(trade, seen('post'), filled(2000, 'eth'), filled(1500, 'btc', { lag: 4000 }))).toEqual([1000]);
    expect(await delaysOf(trade, seen('post'), filled(2000, 'eth', { user: 'v' }))).toEqual([Infinity]);
  });

  test('on anything for a card of trading; other cards and posts about nothing do not have the task', async () => {
    expect(await delaysOf(trade, seen('spot'), filled(2000, 'eth'))).toEqual([1000]);
    expect(await delaysOf(trade, seen('help'), filled(2000, 'eth'))).toEqual([NaN]);
    // Tagged as trading, but no card.
    expect(await delaysOf(trade, seen('plain'), filled(2000, 'eth'))).toEqual([NaN]);
  });

  test('after the place was seen, within a day, whatever the request', async () => {
    expect(await delaysOf(trade, seen('btc'), filled(1000, 'btc'))).toEqual([Infinity]);
    expect(await delaysOf(trade, seen('btc'), filled(1001, 'btc'))).toEqual([1]);
    expect(await delaysOf(trade, seen('btc'), filled(1000 + 24 * HOUR_MS, 'btc'))).toEqual([24 * HOUR_MS]);
    expect(await delaysOf(trade, seen('btc'), filled(1001 + 24 * HOUR_MS, 'btc'))).toEqual([Infinity]);
    expect(await delaysOf(trade, filled(500, 'btc'), seen('btc'), filled(700, 'btc', { lag: 5000 }))).toEqual([Infinity]);
  });

  test('that were known first count, though others happened before', async () => {
    const late = [filled(1240, 'btc', { lag: 5 }), filled(1200, 'btc', { lag: 50 }), filled(1100, 'btc', { lag: 9000 })];
    expect(await delaysOf(trade, seen('btc'), ...late)).toEqual([245]);
    expect(await delaysOf(trade, seen('spot'), ...late)).toEqual([245]);
  });

  test('of at least a value', async () => {
    const large: TaskDeclaration = { ...trade, kind: 'conversion', leastValue: 100 } as TaskDeclaration;
    expect(await delaysOf(large, seen('btc'), filled(2000, 'btc', { value: 9999 }))).toEqual([Infinity]);
    expect(await delaysOf(large, seen('btc'), filled(2000, 'btc', { value: 10_000 }))).toEqual([1000]);
    expect(await delaysOf(large, seen('btc'), filled(2000, 'btc'))).toEqual([Infinity]);
  });
});

test('returns: a session from half a day to a day and a half later', async () => {
  const back = platformTask('next-day-return');
  const session = (hours: number, rest: Partial<Deed> = {}): Deed => ({ action: 'session-start', at: 1000 + hours * HOUR_MS, ...rest });
  expect(await delaysOf(back, seen(), session(12))).toEqual([12 * HOUR_MS]);
  expect(await delaysOf(back, seen(), session(11.9), session(36, { lag: 7 }))).toEqual([36 * HOUR_MS + 7]);
  expect(await delaysOf(back, seen(), session(11.9), session(36.1))).toEqual([Infinity]);
  expect(await delaysOf(back, seen(), session(20, { user: 'v' }))).toEqual([Infinity]);
});

describe('declarations', () => {
  test('the platform’s nine stand up to the check, as they are', () => {
    expect(checkTasks(platformTasks)).toEqual(platformTasks);
    expect(platformTasks.map(({ name }) => name)).toEqual(['click', 'long-dwell', 'like', 'share', 'follow', 'negative-feedback', 'adoption', 'trade', 'next-day-return']); // prettier-ignore
    expect(platformTasks.map(horizonOf)).toEqual([...Array.from({ length: 7 }, () => 30 * MINUTE_MS), 24 * HOUR_MS, 36 * HOUR_MS]);
  });

  test('what is left out has its default', () => {
    expect(checkTasks([{ kind: 'return', name: 'back', fromMs: 1, toMs: 2 }])).toEqual([
      { kind: 'return', name: 'back', actions: ['session-start'], fromMs: 1, toMs: 2 },
    ]);
  });

  test.each([
    [[], 'expected array to have >=1 items'],
    [[{ kind: 'response', name: 'Click', actions: ['click'], windowMs: 1 }], 'a name in kebab-case'],
    [[{ kind: 'response', name: 'click', actions: ['clicked'], windowMs: 1 }], 'actions[0]'],
    [[{ kind: 'response', name: 'click', actions: [], windowMs: 1 }], 'actions'],
    [[{ kind: 'response', name: 'click', actions: ['click'], windowMs: 0 }], 'windowMs'],
    [[{ kind: 'response', name: 'click', actions: ['click'], windowMs: 1, minimum: 2 }], 'minimum'],
    [[{ kind: 'return', name: 'back', fromMs: 5, toMs: 5 }], 'fromMs must be below toMs'],
    [[{ kind: 'conversion', name: 'trade', actions: ['trade-filled'], windowMs: 5 }], 'targetKinds'],
    [[{ kind: 'view', name: 'view' }], 'kind'],
    [[...platformTasks, platformTasks[3]], '"share" is declared twice'],
  ])('%j is refused', (declaration, message) => {
    expect(() => checkTasks(declaration)).toThrow(TaskDeclarationError);
    expect(() => checkTasks(declaration)).toThrow(message);
  });
});
