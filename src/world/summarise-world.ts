import type { Event } from '../data/events/event.ts';
import type { EventAction } from '../data/events/event-actions.ts';

/** Positions told apart in {@link WorldSummary.clicksByPosition}. */
const POSITIONS = 20;

/** What a stream of events looks like, to be held against what one knows of real platforms. */
export interface WorldSummary {
  readonly events: number;
  readonly counts: Readonly<Partial<Record<EventAction, number>>>;
  readonly users: number;
  readonly visits: number;
  readonly days: number;
  readonly visitsPerActiveUserDay: number;
  /** Part of the users who came at all on a day, mean over the days. */
  readonly dailyActiveShare: number;
  /** Part of one day's visitors who came on the next, mean over the days. */
  readonly nextDayReturn: number;
  readonly minutesPerVisit: number;
  readonly impressionsPerVisit: number;
  /** Clicks of a hundred impressions, by surface; those of searches are result clicks. */
  readonly clickRateBySurface: Readonly<Record<string, number>>;
  readonly clickRateByKind: Readonly<Record<string, number>>;
  /** Clicks of a hundred on the feed that fall on each place. */
  readonly clicksByPosition: readonly number[];
  /** Part of all visits that the most active tenth of users paid. */
  readonly visitsOfTopTenth: number;
  /** Part of all clicks on posts that the most clicked tenth of clicked posts got. */
  readonly clicksOfTopTenth: number;
  readonly tradesPerThousandVisits: number;
  /** Median notional in minor units. */
  readonly medianNotional: number;
  /** Part of events received later than a minute after they happened. */
  readonly lateShare: number;
  readonly queriesPerHundredVisits: number;
  readonly refinedShare: number;
}

/** Gathers a {@link WorldSummary}. */
export interface WorldSummariser {
  add(events: readonly Event[]): void;
  summary(): WorldSummary;
}

/** @param users number of users of the world, visitors or not */
export function createWorldSummariser(users: number): WorldSummariser {
  const counts: Partial<Record<EventAction, number>> = {};
  const shown = new Map<string, number>();
  const clicked = new Map<string, number>();
  const positions = new Float64Array(POSITIONS);
  const visitsOf = new Map<string, number>();
  const clicksOf = new Map<string, number>();
  const visitorsOfDay = new Map<number, Set<string>>();
  const notionals: number[] = [];
  let events = 0;
  let late = 0;
  let visitMs = 0;

  const addOne = ({ action, userId, subject, value, timeMs, receivedTimeMs, context }: Event) => {
    counts[action] = (counts[action] ?? 0) + 1;
    if (receivedTimeMs - timeMs > 60_000) late++;
    switch (action) {
      case 'session-start': {
        increment(visitsOf, userId!);
        const day = Math.floor(timeMs / 86_400_000);
        const visitors = visitorsOfDay.get(day) ?? new Set<string>();
        visitorsOfDay.set(day, visitors.add(userId!));
        return;
      }
      case 'session-end':
        visitMs += value ?? 0;
        return;
      case 'impression':
        increment(shown, `surface ${context.surface}`);
        increment(shown, `kind ${subject!.kind}`);
        return;
      case 'click':
      case 'result-click':
        increment(clicked, `surface ${context.surface}`);
        increment(clicked, `kind ${subject!.kind}`);
        if (subject!.kind === 'content') increment(clicksOf, subject!.id);
        if (context.surface === 'feed' && context.position! < POSITIONS) positions[context.position!]!++;
        return;
      case 'trade-filled':
        notionals.push(value!);
        return;
      default:
    }
  };

  return {
    add(batch) {
      events += batch.length;
      for (const event of batch) addOne(event);
    },
    summary() {
      const visits = counts['session-start'] ?? 0;
      const days = [...visitorsOfDay.keys()].toSorted((a, b) => a - b);
      const rates = (prefix: string) =>
        Object.fromEntries(
          [...shown]
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, count]) => [key.slice(prefix.length), (100 * (clicked.get(key) ?? 0)) / count]),
        );
      const feedClicks = positions.reduce((sum, count) => sum + count, 0);
      const visitors = days.map((day) => visitorsOfDay.get(day)!);
      const returns = visitors.slice(0, -1).map((today, at) => [...today].filter((user) => visitors[at + 1]!.has(user)).length / today.size);
      return {
        events,
        counts,
        users,
        visits,
        days: days.length,
        visitsPerActiveUserDay: visits / visitors.reduce((sum, { size }) => sum + size, 0),
        dailyActiveShare: mean(visitors.map(({ size }) => size / users)),
        nextDayReturn: mean(returns),
        minutesPerVisit: visitMs / 60_000 / (counts['session-end'] ?? 1),
        impressionsPerVisit: (counts.impression ?? 0) / visits,
        clickRateBySurface: rates('surface '),
        clickRateByKind: rates('kind '),
        clicksByPosition: [...positions].map((count) => (100 * count) / feedClicks),
        visitsOfTopTenth: topTenth([...visitsOf.values()]),
        clicksOfTopTenth: topTenth([...clicksOf.values()]),
        tradesPerThousandVisits: (1_000 * (counts['trade-filled'] ?? 0)) / visits,
        medianNotional: notionals.toSorted((a, b) => a - b)[Math.floor(notionals.length / 2)] ?? 0,
        lateShare: late / events,
        queriesPerHundredVisits: (100 * (counts.query ?? 0)) / visits,
        refinedShare: (counts.refine ?? 0) / (counts.query ?? 1),
      };
    },
  };
}

/** A summary as lines of text, one fact a line. */
export function summaryLines(summary: WorldSummary): string[] {
  const list = (rates: Readonly<Record<string, number>>) =>
    Object.entries(rates)
      .map(([name, rate]) => `${name} ${rate.toFixed(1)} %`)
      .join(', ');
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  return [
    `events                        ${summary.events} in ${summary.days} days, ${summary.users} users`,
    `visits                        ${summary.visits}: ${summary.visitsPerActiveUserDay.toFixed(2)} a visitor and day, ${summary.minutesPerVisit.toFixed(1)} minutes, ${summary.impressionsPerVisit.toFixed(1)} impressions`,
    `users who come on a day       ${percent(summary.dailyActiveShare)}, of them again the next day ${percent(summary.nextDayReturn)}`,
    `click rate by surface         ${list(summary.clickRateBySurface)}`,
    `click rate by kind            ${list(summary.clickRateByKind)}`,
    `feed clicks by place          ${summary.clicksByPosition.map((share) => share.toFixed(1)).join(' ')}`,
    `most active tenth of users    ${percent(summary.visitsOfTopTenth)} of the visits`,
    `most clicked tenth of posts   ${percent(summary.clicksOfTopTenth)} of the clicks on posts`,
    `trades                        ${summary.tradesPerThousandVisits.toFixed(0)} per 1,000 visits, median ${(summary.medianNotional / 100).toFixed(2)}`,
    `searches                      ${summary.queriesPerHundredVisits.toFixed(0)} per 100 visits, ${percent(summary.refinedShare)} worded anew`,
    `received a minute late        ${percent(summary.lateShare)}`,
    `actions                       ${Object.entries(summary.counts)
      .map(([action, count]) => `${action} ${count}`)
      .join(', ')}`,
  ];
}

function increment(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function topTenth(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => b - a);
  const sum = sorted.reduce((total, value) => total + value, 0);
  return sum === 0 ? 0 : sorted.slice(0, Math.ceil(sorted.length / 10)).reduce((total, value) => total + value, 0) / sum;
}
