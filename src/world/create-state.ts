import { createCounterRandom, deriveKey } from '../base/counter-random.ts';
import type { EventSubject } from '../data/events/event.ts';
import { createArrivals } from './behaviour/arrivals.ts';
import { emptyDecisions } from './behaviour/decisions.ts';
import { createIntentMoves } from './behaviour/intent-moves.ts';
import { createPageReader } from './behaviour/read-page.ts';
import { createSeeking } from './behaviour/seeking.ts';
import { createTrading } from './behaviour/trading.ts';
import { createVisiting } from './behaviour/visiting.ts';
import { createCampaigns } from './content/campaigns.ts';
import { emptyPosts } from './content/posts.ts';
import { createPublisher } from './content/publish.ts';
import { instrumentRecord } from './markets/instrument-record.ts';
import { INSTRUMENT_KINDS, type Instrument } from './markets/instruments.ts';
import { createMarkets } from './markets/markets.ts';
import { featureIndexOf, featureRecord, PLATFORM_FEATURES } from './platform/platform-features.ts';
import { createAuthors, drawFollows } from './population/authors.ts';
import { createPeople } from './population/create-people.ts';
import { HOLDINGS_MAX, NONE } from './population/people.ts';
import { createAgenda } from './stream/agenda.ts';
import { createCalendar } from './stream/calendar.ts';
import { createJournal } from './stream/journal.ts';
import { createOutbox } from './stream/outbox.ts';
import { emptyVisits } from './visits.ts';
import type { WorldSettings } from './world-settings.ts';
import type { FixedSubjects, WorldState } from './world-state.ts';
import { TOPICS } from './writing/topics.ts';

const DAY_MS = 86_400_000;

/** How long authors have written before the world begins, so that it does not begin empty. */
const BEFORE_MS = 2 * DAY_MS;

/** The parts that move a world's users. */
export type Behaviour = ReturnType<typeof createBehaviour>;

/** A world at its first moment, and what moves its users. */
export function createState(settings: WorldSettings, seed: number | string, instance: string): { state: WorldState; behaviour: Behaviour } {
  const topicIds = TOPICS.map(({ id }) => id);
  const people = createPeople(settings, seed, topicIds);
  const authors = createAuthors(settings, seed, people, topicIds);
  drawFollows(seed, people, authors);
  const posts = emptyPosts(settings);
  const markets = createMarkets({ seed, startMs: settings.startMs, settings: { assets: settings.assets, stepMs: settings.tickMs } });
  const publisher = createPublisher(settings, seed, { people, authors, posts, markets });
  const tick = settings.startMs / settings.tickMs;
  const outbox = createOutbox(settings.tickMs, tick);
  const prefix = `w${deriveKey(seed, 'world', JSON.stringify(settings), instance).toString(36)}.`;

  // Campaigns trade by way of `behaviour`, which needs the state that holds them.
  let trade: (author: number, instrument: number, notional: number, timeMs: number) => void = () => {};
  const campaigns = createCampaigns(settings, seed, { authors, markets, publisher }, (...order) => trade(...order));
  const state: WorldState = {
    settings,
    seed,
    prefix,
    people,
    visits: emptyVisits(settings.users),
    authors,
    posts,
    markets,
    publisher,
    campaigns,
    calendar: createCalendar(settings.users, DAY_MS / settings.tickMs),
    agenda: createAgenda(),
    outbox,
    journal: createJournal(outbox, prefix),
    decisions: emptyDecisions(settings.decisionsKept),
    subjects: fixedSubjects(markets.instruments),
    settlements: new Float64Array(markets.instruments.length),
    heats: new Float64Array(markets.instruments.length + 1).fill(1),
    counts: { visits: 0, pages: 0, trades: 0, unknownItems: 0 },
    tick,
  };
  const behaviour = createBehaviour(state);
  trade = behaviour.trading.tradeForCampaign;

  giveHoldings(state);
  for (let before = tick - BEFORE_MS / settings.tickMs; before < tick; before++) publisher.publishTick(before, before * settings.tickMs);
  for (let u = 0; u < people.count; u++) behaviour.arrivals.scheduleAway(u, tick - 1);
  return { state, behaviour };
}

/** Part of those with an account to trade who hold something when the world begins. */
const HOLDERS = 0.6;

function giveHoldings({ seed, settings, people, markets }: WorldState): void {
  const key = deriveKey(seed, 'holdings');
  const random = createCounterRandom();
  const spot = 1 << featureIndexOf('spot')!;
  const spots = markets.instruments.filter(({ kind }) => kind === 'spot');
  for (let u = 0; u < people.count; u++) {
    random.reset(key, u, 0, 0);
    if ((people.adopted[u]! & spot) === 0 || random.next() >= HOLDERS) continue;
    // The large ones are what most have.
    const low = random.next();
    const { index } = spots[Math.floor(low * low * spots.length)]!;
    const slot = u * HOLDINGS_MAX;
    people.heldInstrument[slot] = index;
    people.heldPrice[slot] = markets.price(index);
    people.heldNotional[slot] = Math.round(people.cash[u]! * (0.1 + 0.5 * random.next()));
    people.heldSinceMs[slot] = settings.startMs;
  }
}

function createBehaviour(state: WorldState) {
  const moves = createIntentMoves(state);
  const arrivals = createArrivals(state, moves);
  const trading = createTrading(state);
  const reader = createPageReader(state, moves, trading);
  const visiting = createVisiting(state, { moves, arrivals, trading, reader, seeking: createSeeking(state) });
  return { moves, arrivals, trading, visiting };
}

/** An instrument as the subject of an event. */
export function instrumentSubject(instrument: Instrument): EventSubject {
  const { id, tags, instruments } = instrumentRecord(instrument);
  return { kind: 'instrument', id, authorId: null, tags, instruments };
}

function fixedSubjects(instruments: readonly Instrument[]): FixedSubjects {
  return {
    features: PLATFORM_FEATURES.map((feature) => {
      const { id, tags } = featureRecord(feature, 0);
      return { kind: 'feature', id, authorId: null, tags, instruments: [] };
    }),
    instruments: instruments.map(instrumentSubject),
    instrumentIndex: new Map(instruments.map(({ id, index }) => [id, index])),
    derived: instruments.map(({ index }) =>
      INSTRUMENT_KINDS.map((kind) => instruments.find((other) => other.underlying === index && other.kind === kind)?.index ?? NONE),
    ),
  };
}
