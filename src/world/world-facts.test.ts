/*
 * What is true of people on platforms must be true of the world: stylised facts with their sources, and what the world itself promises.
 * One world of 2,000 users for eight days, watched through its events and its truth.
 */
import { describe, expect, it } from 'vitest';
import type { Event } from '../data/events/event.ts';
import { createWorld } from './create-world.ts';
import { autocorrelation, correlation, excessKurtosis, mean } from './markets/return-statistics.fixture.ts';
import { createMixedPolicy } from './policies/mixed-policy.ts';
import { createWorldSummariser } from './summarise-world.ts';
import { truthOf } from './truth/world-truth.ts';
import { readQuery } from './writing/read-query.ts';
import { TOPICS } from './writing/topics.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 8;

const world = createWorld({
  preset: { base: 'demo', users: 2_000, authors: 150, leaders: 10, assets: 12, campaignsPerWeek: 8, priceEveryMs: 300_000 },
  seed: 11,
});
const truth = truthOf(world);
const startMs = world.timeMs();
const events: Event[] = [];
const summariser = createWorldSummariser(world.settings.users);
await world.run({
  policy: createMixedPolicy(world, 11),
  untilMs: startMs + DAYS * DAY_MS,
  batchEventsMin: 1_000,
  onEvents(batch) {
    events.push(...batch);
    summariser.add(batch);
  },
});
const summary = summariser.summary();

const of = (...actions: Event['action'][]) => events.filter(({ action }) => actions.includes(action));
const countBy = <Key>(of: readonly Event[], keyOf: (event: Event) => Key) => {
  const counts = new Map<Key, number>();
  for (const event of of) counts.set(keyOf(event), (counts.get(keyOf(event)) ?? 0) + 1);
  return counts;
};
/** Slope of the straight line through points, by least squares. */
const slope = (points: readonly (readonly [number, number])[]) => {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const spread = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
  return (correlation(xs, ys) * spread(ys)) / spread(xs);
};

describe('stylised facts', () => {
  it('activity has a power-law tail (Clauset, Shalizi & Newman 2009; Muchnik et al. 2013)', () => {
    const visits = [...countBy(of('session-start'), ({ userId }) => userId!).values()].toSorted((a, b) => b - a);
    // Hill's estimator of the tail's exponent over the busiest tenth; the density's exponent is one more.
    const tail = visits.slice(0, Math.floor(visits.length / 10));
    const exponent = 1 / mean(tail.slice(0, -1).map((count) => Math.log(count / tail.at(-1)!)));
    expect(exponent).toBeGreaterThan(1.2);
    expect(exponent).toBeLessThan(3);
    expect(summary.visitsOfTopTenth).toBeGreaterThan(0.3);
  });

  it('clicks fall with the place on the page (Craswell et al. 2008; Joachims et al. 2005)', () => {
    const byPlace = summary.clicksByPosition;
    const fifths = [0, 4, 8, 12, 16].map((from) => byPlace.slice(from, from + 4).reduce((sum, share) => sum + share, 0));
    for (let at = 1; at < fifths.length; at++) expect(fifths[at]).toBeLessThan(fifths[at - 1]!);
    expect(byPlace[0]! / byPlace[15]!).toBeGreaterThan(2);
  });

  it('popularity of posts is Zipf in its head (Adamic & Huberman 2002, "Zipf’s law and the internet")', () => {
    const clicks = countBy(
      of('click', 'result-click').filter(({ subject }) => subject!.kind === 'content'),
      ({ subject }) => subject!.id,
    );
    const ranked = [...clicks.values()].toSorted((a, b) => b - a).slice(0, 300);
    const exponent = -slope(ranked.map((count, rank) => [Math.log(rank + 1), Math.log(count)] as const));
    expect(exponent).toBeGreaterThan(0.35);
    expect(exponent).toBeLessThan(1.5);
    expect(summary.clicksOfTopTenth).toBeGreaterThan(0.35);
  });

  it('followers are heavy-tailed (Kwak et al. 2010)', () => {
    const followers = Array.from({ length: 150 }, (_, a) => truth.author(`u${a}`).followers).toSorted((a, b) => b - a);
    const sum = followers.reduce((total, count) => total + count, 0);
    expect(followers.slice(0, 15).reduce((total, count) => total + count, 0) / sum).toBeGreaterThan(0.3);
    expect(followers[0]! / followers[75]!).toBeGreaterThan(5);
  });

  it('prices, as the events tell them, have fat tails and clustered volatility (Cont 2001)', () => {
    const prices = of('price')
      .filter(({ subject }) => subject!.id === 'BTC-USDT')
      .map(({ value }) => value!);
    expect(prices).toHaveLength(DAYS * 288);
    const returns = prices.slice(1).map((price, at) => Math.log(price / prices[at]!));
    expect(excessKurtosis(returns)).toBeGreaterThan(1.5);
    const sizes = returns.map(Math.abs);
    for (const lag of [1, 6, 12]) expect(autocorrelation(sizes, lag)).toBeGreaterThan(0.08);
    expect(Math.abs(autocorrelation(returns, 1))).toBeLessThan(0.1);
  });

  it('days and weeks have their rhythm (Golder & Macy 2011)', () => {
    const starts = of('session-start');
    const place = new Map([...world.users()].map(({ id, jurisdiction }) => [id, jurisdiction]));
    const east = starts.filter(({ userId }) => ['HK', 'TW', 'SG', 'MY'].includes(place.get(userId!)!));
    const hours = countBy(east, ({ timeMs }) => Math.floor((timeMs / HOUR_MS + 8) % 24));
    const between = (from: number, until: number) =>
      Array.from({ length: until - from }, (_, at) => hours.get(from + at) ?? 0).reduce((a, b) => a + b);
    expect(between(19, 23)).toBeGreaterThan(4 * between(2, 6));
    const days = countBy(starts, ({ timeMs }) => Math.floor((timeMs - startMs) / DAY_MS));
    // The first day is a Monday.
    const weekday = mean([1, 2, 3].map((day) => days.get(day)!));
    expect(mean([5, 6].map((day) => days.get(day)!))).toBeLessThan(0.92 * weekday);
  });

  it('looks like a platform', () => {
    expect(summary.clickRateBySurface['feed']).toBeGreaterThan(2);
    expect(summary.clickRateBySurface['feed']).toBeLessThan(12);
    expect(summary.clickRateBySurface['search']).toBeGreaterThan(2.5 * summary.clickRateBySurface['feed']!);
    expect(summary.dailyActiveShare).toBeGreaterThan(0.2);
    expect(summary.dailyActiveShare).toBeLessThan(0.6);
    expect(summary.nextDayReturn).toBeGreaterThan(0.3);
    expect(summary.tradesPerThousandVisits).toBeGreaterThan(50);
    expect(summary.tradesPerThousandVisits).toBeLessThan(500);
    expect(summary.refinedShare).toBeGreaterThan(0.05);
    const { like = 0, click = 0, comment = 0, share = 0, report = 0, deposit = 0, withdrawal = 0, complete = 0 } = summary.counts;
    expect(like).toBeGreaterThan(3 * comment);
    expect(like).toBeLessThan(0.2 * click);
    for (const count of [comment, share, report, deposit, withdrawal, complete]) expect(count).toBeGreaterThan(5);
  });
});

describe('time', () => {
  it('passes between what happens and its receipt: mostly seconds, sometimes hours', () => {
    expect(summary.lateShare).toBeGreaterThan(0.01);
    expect(summary.lateShare).toBeLessThan(0.1);
    const lags = events.map(({ timeMs, receivedTimeMs }) => receivedTimeMs - timeMs).toSorted((a, b) => a - b);
    expect(lags[Math.floor(lags.length / 2)]).toBeLessThan(10_000);
    expect(lags.at(-1)).toBeGreaterThan(HOUR_MS);
  });

  it('passes between a visit and the trade that comes of it: minutes to days', () => {
    const ended = new Map(of('session-end').map(({ context, timeMs }) => [context.sessionId, timeMs]));
    const delays = of('order-placed')
      .filter(({ context }) => ended.has(context.sessionId))
      .map(({ context, timeMs }) => timeMs - ended.get(context.sessionId)!)
      .filter((delayMs) => delayMs > 0);
    expect(delays.filter((delayMs) => delayMs < HOUR_MS).length / delays.length).toBeGreaterThan(0.4);
    expect(delays.filter((delayMs) => delayMs > DAY_MS / 2).length / delays.length).toBeGreaterThan(0.03);
  });
});

describe('the treatment', () => {
  const decisions = [...truth.decisions()];
  const kindOf = new Map([...world.users()].map(({ id }) => [id, truth.user(id).effectKind]));
  const effects = (kind: string) => {
    const own = decisions.filter(({ userId }) => kindOf.get(userId) === kind);
    const part = (count: number) => count / own.length;
    return {
      count: own.length,
      without: part(own.filter(({ tradesWithout }) => tradesWithout).length),
      effect: part(own.filter(({ tradesWith }) => tradesWith).length) - part(own.filter(({ tradesWithout }) => tradesWithout).length),
    };
  };

  it('works on four kinds of user in four ways', () => {
    const [persuadable, sure, lost, dog] = ['persuadable', 'sure-thing', 'lost-cause', 'sleeping-dog'].map(effects) as [
      ReturnType<typeof effects>,
      ReturnType<typeof effects>,
      ReturnType<typeof effects>,
      ReturnType<typeof effects>,
    ];
    for (const { count } of [persuadable, sure, lost, dog]) expect(count).toBeGreaterThan(500);
    expect(persuadable.effect).toBeGreaterThan(0.07);
    expect(dog.effect).toBeLessThan(-0.05);
    expect(Math.abs(sure.effect)).toBeLessThan(0.04);
    expect(sure.without).toBeGreaterThan(0.2);
    expect(Math.abs(lost.effect)).toBeLessThan(0.01);
    expect(lost.without).toBeLessThan(0.03);
  });

  it('never does the opposite of its kind, and its draw is the same with and without', () => {
    for (const { userId, tradesWith, tradesWithout, chanceWith, chanceWithout } of decisions) {
      if (kindOf.get(userId) === 'sleeping-dog') expect(Number(tradesWith) <= Number(tradesWithout)).toBe(true);
      else expect(tradesWith || !tradesWithout).toBe(true);
      expect(kindOf.get(userId) === 'sleeping-dog' ? chanceWith <= chanceWithout : chanceWith >= chanceWithout).toBe(true);
    }
  });

  it('can be told from what a platform knows of a user: suitability answers say who is persuadable', () => {
    const share = (risk: number) => {
      const own = [...world.users()].filter(({ riskClass, identityTier }) => riskClass === risk && identityTier > 0);
      return own.filter(({ id }) => kindOf.get(id) === 'sure-thing').length / own.length;
    };
    expect(share(3)).toBeGreaterThan(1.5 * share(1));
  });

  it('is what the events show: who decides to trade places an order, in that visit or after it', () => {
    const ordered = new Set(of('order-placed').map(({ context }) => context.sessionId));
    const early = decisions.filter(({ timeMs }) => timeMs < startMs + 3 * DAY_MS);
    const trades = early.filter(({ treated, tradesWith, tradesWithout }) => (treated ? tradesWith : tradesWithout));
    expect(trades.length).toBeGreaterThan(300);
    for (const { sessionId } of trades) expect(ordered.has(sessionId)).toBe(true);
  });
});

describe('integrity', () => {
  it('campaigns push a small instrument up, let it fall, and those who believed them pay', () => {
    const done = truth.campaigns().filter(({ endMs }) => endMs < world.timeMs() - 4 * HOUR_MS);
    expect(done.length).toBeGreaterThan(1);
    const priceAt = (id: string, timeMs: number) =>
      of('price').findLast((event) => event.subject!.id === id && event.timeMs <= timeMs)!.value!;
    const rises = done.map(({ instrument, pumpMs, dumpMs }) => Math.log(priceAt(instrument, dumpMs) / priceAt(instrument, pumpMs)));
    const falls = done.map(({ instrument, dumpMs, endMs }) => Math.log(priceAt(instrument, endMs) / priceAt(instrument, dumpMs)));
    expect(mean(rises)).toBeGreaterThan(0.15);
    expect(mean(falls)).toBeLessThan(-0.15);
    for (const { members } of done) for (const author of members) expect(truth.author(author).honesty).toBeLessThan(0.3);

    const pushed = new Set(done.map(({ instrument }) => instrument));
    const during = new Map(done.map(({ instrument, pumpMs, dumpMs }) => [instrument, [pumpMs, dumpMs] as const]));
    const bought = of('order-placed').filter(({ subject, quantity, timeMs }) => {
      const span = during.get(subject!.id);
      return pushed.has(subject!.id) && quantity! > 0 && span !== undefined && timeMs > span[0] && timeMs < span[1];
    });
    const victims = new Set(bought.map(({ userId }) => userId!));
    expect(victims.size).toBeGreaterThan(10);
    const harm = (ids: Iterable<string>) => mean([...ids].map((id) => truth.user(id).harm / (truth.user(id).cash + 10_000)));
    const others = [...world.users()].map(({ id }) => id).filter((id) => !victims.has(id));
    expect(harm(victims)).toBeGreaterThan(3 * harm(others));
  });
});

describe('what can be learnt', () => {
  const feed = events.filter(({ action, context }) => context.surface === 'feed' && (action === 'impression' || action === 'click'));
  /** Click rates of posts on the feed, of those that fit and of the others. */
  const rates = (fits: (event: Event) => boolean | null) => {
    const counts = [0, 0, 0, 0];
    for (const event of feed) {
      if (event.subject!.kind !== 'content') continue;
      const fit = fits(event);
      if (fit !== null) counts[(fit ? 0 : 2) + (event.action === 'click' ? 1 : 0)]!++;
    }
    return { fitting: counts[1]! / counts[0]!, other: counts[3]! / counts[2]!, shown: counts[0]! };
  };
  const history = (actions: readonly Event['action'][]) => {
    const byUser = Map.groupBy(of(...actions), ({ userId }) => userId!);
    return ({ userId, timeMs }: Event) =>
      byUser.get(userId!)?.findLast((event) => event.timeMs < timeMs && timeMs - event.timeMs < DAY_MS / 2);
  };

  it('taste is stable: a user’s dear topics are clicked several times as often, which text and tags of a new post tell', () => {
    const taste = new Map([...world.users()].map(({ id }) => [id, truth.user(id).taste]));
    const { fitting, other } = rates(({ userId, subject }) => taste.get(userId!)![subject!.tags[0]!]! > 0.5);
    expect(fitting / other).toBeGreaterThan(2.5);
  });

  it('the last click tells about the next: sequence matters beyond taste', () => {
    const last = history(['click']);
    const taste = new Map([...world.users()].map(({ id }) => [id, truth.user(id).taste]));
    const { fitting, other, shown } = rates((event) => {
      if (taste.get(event.userId!)![event.subject!.tags[0]!]! > 0.3) return null;
      const before = last(event);
      return before === undefined ? null : before.subject!.tags[0] === event.subject!.tags[0];
    });
    expect(shown).toBeGreaterThan(500);
    expect(fitting / other).toBeGreaterThan(1.5);
  });

  it('other domains tell about content: who searched for a topic clicks on it', () => {
    const last = history(['query', 'refine']);
    const taste = new Map([...world.users()].map(({ id }) => [id, truth.user(id).taste]));
    const { fitting, other, shown } = rates((event) => {
      if (taste.get(event.userId!)![event.subject!.tags[0]!]! > 0.3) return null;
      const before = last(event);
      if (before === undefined) return null;
      const { topics } = readQuery(before.query!);
      return topics.length === 0 ? null : topics.some((topic) => TOPICS[topic]!.id === event.subject!.tags[0]);
    });
    expect(shown).toBeGreaterThan(80);
    expect(fitting / other).toBeGreaterThan(1.5);
  });

  it('what is held draws: posts on an instrument that was traded are clicked more', () => {
    const last = history(['order-placed']);
    const { fitting, other } = rates((event) => {
      const before = last(event);
      if (before === undefined || event.subject!.instruments.length === 0) return null;
      return event.subject!.instruments.includes(before.subject!.id);
    });
    expect(fitting / other).toBeGreaterThan(1.2);
  });
});
