import { createCounterRandom, deriveKey, uniformAt } from '../../base/counter-random.ts';
import type { People } from '../population/people.ts';
import { PLACES, VISIT_PROFILE_MAX, visitProfile } from '../population/places.ts';
import { AWAY, MAY_COME } from '../visits.ts';
import type { WorldState } from '../world-state.ts';
import type { IntentMoves } from './intent-moves.ts';
import { featureIndexOf } from '../platform/platform-features.ts';

const DAY_MS = 86_400_000;

/** Bounds of the factors of the rate: of the market, and of satisfaction. */
const MARKET_MAX = 2;
const RETURN_MAX = 1.75;

/** The rate of visits never exceeds this many times a user's activity. */
const RATE_MAX = VISIT_PROFILE_MAX * MARKET_MAX * RETURN_MAX;

/** Rate of those who have left, beside what it was: some come back. */
const CHURNED_FACTOR = 0.02;

const ALERTS = featureIndexOf('price-alerts')!;

/** When users come. */
export interface Arrivals {
  /** Puts a user who is away into the calendar. */
  scheduleAway(u: number, fromTick: number): void;
  /** Whether a user whose possible arrival is due in this tick does come. */
  comes(u: number, tick: number): boolean;
  /** Visits a day that the user would pay now, after all that bears on it. */
  rateNow(u: number, timeMs: number): number;
}

/**
 * An inhomogeneous Poisson process by thinning (Lewis & Shedler 1979, "Simulation of nonhomogeneous Poisson processes by
 * thinning", Naval Research Logistics 26): possible arrivals come at the highest rate there may be, each is kept with the
 * ratio of the present rate to it. The rate: activity × hour and weekday × satisfaction × market.
 */
export function createArrivals(state: WorldState, moves: IntentMoves): Arrivals {
  const { people, visits, calendar, settings } = state;
  const key = deriveKey(state.seed, 'arrivals');
  const keepKey = deriveKey(state.seed, 'arrivals kept');
  const random = createCounterRandom();

  const rateNow = (u: number, timeMs: number) => {
    const heat = moves.heatFor(u);
    const alerted = (people.adopted[u]! & (1 << ALERTS)) !== 0 ? 1.6 : 1;
    const market = Math.min(MARKET_MAX, Math.max(0.8, 1 + 0.35 * alerted * (heat - 1)));
    const rate = people.activity[u]! * visitProfile(timeMs, PLACES[people.place[u]!]!.zoneMinutes) * market * returnFactor(people, u, timeMs);
    return people.churned[u] === 1 ? rate * CHURNED_FACTOR : rate;
  };

  return {
    rateNow,
    scheduleAway(u, fromTick) {
      random.reset(key, u, fromTick, 0);
      const perTick = (people.activity[u]! * RATE_MAX * settings.tickMs) / DAY_MS;
      const ticks = 1 + Math.floor(random.exponential() / perTick);
      // Exponential gaps have no memory: a gap beyond the calendar is drawn anew at its end.
      const near = ticks <= calendar.horizonTicks;
      visits.phase[u] = near ? MAY_COME : AWAY;
      calendar.put(u, fromTick + (near ? ticks : calendar.horizonTicks));
    },
    comes(u, tick) {
      const kept = rateNow(u, tick * settings.tickMs) / (people.activity[u]! * RATE_MAX);
      return uniformAt(keepKey, u, tick, 0) < kept;
    },
  };
}

/**
 * How satisfaction bears on coming back: what the last visit was like counts for about a day, what the last weeks were
 * like for weeks. At one half it changes nothing. That experienced value moves later usage, and slowly: Hohnhold, O'Brien &
 * Tang 2015, "Focusing on the long-term: it's good for users and business", KDD.
 */
export function returnFactor(people: People, u: number, timeMs: number): number {
  const week = people.satisfactionWeek[u]!;
  const sinceDays = Math.max(0, timeMs - people.lastVisitMs[u]!) / DAY_MS;
  const day = week + (people.satisfactionDay[u]! - week) / (1 + sinceDays);
  return 0.25 + 1.5 * (0.5 * day + 0.5 * week);
}
