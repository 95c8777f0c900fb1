import { createCounterRandom, deriveKey } from '../../base/counter-random.ts';
import type { Markets } from '../markets/markets.ts';
import type { Authors } from '../population/authors.ts';
import { NONE } from '../population/people.ts';
import type { WorldSettings } from '../world-settings.ts';
import type { Publisher } from './publish.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** Finished campaigns that are remembered. */
const REMEMBERED_MAX = 1_000;

/** Campaigns at one time. */
const RUNNING_MAX = 8;

/** Posts a member and hour while the pump lasts. */
const POSTS_AN_HOUR = 0.45;

/**
 * A pump and dump: some authors buy an instrument with little trade, praise it together until others buy, and sell to
 * them. Phases and scale after Xu & Livshits 2019, "The anatomy of a cryptocurrency pump-and-dump scheme", USENIX
 * Security, stretched from minutes to hours, as campaigns on social feeds are.
 */
export interface Campaign {
  readonly number: number;
  /** Index of the spot instrument. */
  readonly instrument: number;
  /** Indices of authors. */
  readonly members: readonly number[];
  /** The members buy. */
  readonly startMs: number;
  /** The posts begin. */
  readonly pumpMs: number;
  /** The members sell. */
  readonly dumpMs: number;
  readonly endMs: number;
}

/** What campaigns do to the rest of the world. */
export interface Campaigns {
  readonly running: readonly Campaign[];
  /** Those that ended, the latest {@link REMEMBERED_MAX}. */
  readonly past: readonly Campaign[];
  /** Begins, posts, dumps and ends what is due in a tick. */
  stepTick(tick: number, timeMs: number): void;
}

/**
 * @param trade how a member's purchase (positive) or sale (negative) is done, minor units
 */
export function createCampaigns(
  settings: WorldSettings,
  seed: number | string,
  world: { readonly authors: Authors; readonly markets: Markets; readonly publisher: Publisher },
  trade: (author: number, instrument: number, notional: number, timeMs: number) => void,
): Campaigns {
  const { authors, markets, publisher } = world;
  const key = deriveKey(seed, 'campaigns');
  const random = createCounterRandom();
  const targets = markets.instruments.filter(({ kind, smallCap }) => kind === 'spot' && smallCap).map(({ index }) => index);
  const running: Campaign[] = [];
  const past: Campaign[] = [];
  let count = 0;

  const begin = (tick: number, timeMs: number) => {
    random.reset(key, tick, 0, 0);
    if (random.next() >= (settings.campaignsPerWeek * settings.tickMs) / WEEK_MS || running.length >= RUNNING_MAX) return;
    const free = targets.filter((target) => running.every(({ instrument }) => instrument !== target));
    if (free.length === 0) return;
    const instrument = free[random.integer(free.length)]!;
    const wanted = 3 + random.integer(4);
    const members: number[] = [];
    for (let turn = 0; turn < 40 * wanted && members.length < wanted; turn++) {
      const author = random.integer(authors.count);
      if (authors.honesty[author]! >= 0.3 || authors.campaign[author] !== NONE || members.includes(author)) continue;
      members.push(author);
    }
    if (members.length < 2) return;
    const pumpMs = timeMs + (2 + 4 * random.next()) * HOUR_MS;
    const dumpMs = pumpMs + (14 + 16 * random.next()) * HOUR_MS;
    const endMs = dumpMs + 6 * HOUR_MS;
    running.push({ number: count++, instrument, members, startMs: timeMs, pumpMs, dumpMs, endMs });
    for (const author of members) {
      authors.campaign[author] = count - 1;
      trade(author, instrument, 200_000 + random.integer(800_000), timeMs);
    }
  };

  return {
    running,
    past,
    stepTick(tick, timeMs) {
      begin(tick, timeMs);
      for (let at = running.length - 1; at >= 0; at--) {
        const campaign = running[at]!;
        const { number, instrument, members, pumpMs, dumpMs, endMs } = campaign;
        const begins = (momentMs: number) => momentMs > timeMs - settings.tickMs && momentMs <= timeMs;
        random.reset(key, tick, 1, number);
        // Half as much again, over the hours of the pump; then down below where it began, within three.
        if (begins(pumpMs)) markets.lean(instrument, (0.4 + 0.3 * random.next()) / ((dumpMs - pumpMs) / HOUR_MS), dumpMs);
        if (begins(dumpMs)) {
          markets.lean(instrument, -0.3, timeMs + 3 * HOUR_MS);
          for (const author of members) trade(author, instrument, -1, timeMs);
        }
        if (timeMs >= pumpMs && timeMs < dumpMs) {
          for (const author of members) {
            if (random.next() < (POSTS_AN_HOUR * settings.tickMs) / HOUR_MS) publisher.publishPump(random, author, instrument, number, timeMs);
          }
        }
        if (timeMs < endMs) continue;
        running.splice(at, 1);
        for (const author of members) authors.campaign[author] = NONE;
        past.push(campaign);
        if (past.length > REMEMBERED_MAX) past.shift();
      }
    },
  };
}
