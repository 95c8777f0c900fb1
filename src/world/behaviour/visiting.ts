import { createCounterRandom, deriveKey } from '../../base/counter-random.ts';
import { NO_CONTEXT, type EventContext } from '../../data/events/event.ts';
import { ARCHETYPES } from '../population/archetypes.ts';
import { FEED, INSTRUMENT_PAGE, SEARCH, SURFACE_OF_INTENT, SURFACES } from '../population/intents.ts';
import { HOLDINGS_MAX, NONE, userIdOf } from '../population/people.ts';
import { pickWeighted } from '../population/pick-weighted.ts';
import type { Page, PageRequest } from '../policy.ts';
import { VISITING } from '../visits.ts';
import type { WorldState } from '../world-state.ts';
import type { Arrivals } from './arrivals.ts';
import type { IntentMoves } from './intent-moves.ts';
import type { PageReader } from './read-page.ts';
import type { Seeking } from './seeking.ts';
import type { Trading } from './trading.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Places of a page, by surface. */
export const PAGE_PLACES: readonly number[] = [20, 10, 8, 12];

/** Pages of one visit at most. */
const PAGES_MAX = 30;

/** Times that a search is worded anew at most. */
const REFINEMENTS_MAX = 2;

/** Visits: how they begin, go from page to page, and end. */
export interface Visiting {
  /** A user comes. */
  begin(u: number, tick: number): void;
  /** The page that a visiting user asks for now. */
  request(u: number): PageRequest;
  /** The user reads the answer; then asks for another page in a later tick, or goes. */
  answer(u: number, request: PageRequest, page: Page, tick: number): void;
}

/** See {@link Visiting}. */
export function createVisiting(
  state: WorldState,
  parts: {
    readonly moves: IntentMoves;
    readonly arrivals: Arrivals;
    readonly trading: Trading;
    readonly reader: PageReader;
    readonly seeking: Seeking;
  },
): Visiting {
  const { people, visits, markets, subjects, journal, calendar, settings, authors, counts } = state;
  const { moves, arrivals, trading, reader, seeking } = parts;
  const key = deriveKey(state.seed, 'visit');
  const endKey = deriveKey(state.seed, 'visit end');
  const pageKey = deriveKey(state.seed, 'visit page');
  const random = createCounterRandom();

  const sessionIdOf = (u: number) => `${state.prefix}${u}.${visits.number[u]!}`;

  /** Leads on: where a user with an intent goes next. */
  const chooseSurface = (u: number, timeMs: number) => {
    const surface = pickWeighted(random, SURFACE_OF_INTENT[people.intent[u]!]!);
    visits.surface[u] = surface;
    visits.aboutInstrument[u] = NONE;
    if (surface === SEARCH) seeking.choose(u, timeMs);
    if (surface !== INSTRUMENT_PAGE) return;
    const held = people.heldInstrument[u * HOLDINGS_MAX + random.integer(HOLDINGS_MAX)]!;
    if (held !== NONE) visits.aboutInstrument[u] = markets.instruments[held]!.underlying;
    else if (people.focusInstrument[u] !== NONE) visits.aboutInstrument[u] = people.focusInstrument[u]!;
    else visits.surface[u] = FEED;
  };

  /** Part of the cash is with a leader: what the leader made since the last visit is felt. */
  const feelLeader = (u: number, timeMs: number) => {
    const leader = people.copiedLeader[u]!;
    if (leader === NONE) return;
    const days = Math.min(7, Math.max(0, timeMs - people.lastVisitMs[u]!) / DAY_MS);
    const growth = (authors.edge[leader]! + 0.012 * random.normal()) * days;
    const gain = Math.max(-0.3, Math.min(0.3, growth));
    const before = people.cash[u]!;
    people.cash[u] = Math.round(before * (1 + 0.25 * gain));
    if (gain < 0) people.harm[u]! += before - people.cash[u]!;
    people.satisfactionWeek[u] = clamp(people.satisfactionWeek[u]! + 0.5 * gain);
  };

  const end = (u: number, endMs: number, tick: number) => {
    random.reset(endKey, u, visits.number[u]!, 0);
    const worth = visits.utility[u]! / Math.sqrt(visits.pages[u]! + 0.5);
    const score = scoreOf(worth);
    people.satisfactionDay[u] = clamp(0.45 * people.satisfactionDay[u]! + 0.55 * score);
    people.satisfactionWeek[u] = clamp(0.9 * people.satisfactionWeek[u]! + 0.1 * score);
    trading.decide(u, endMs, moves.heatFor(u));
    const sessionId = sessionIdOf(u);
    const context: EventContext = { ...NO_CONTEXT, sessionId };
    const value = Math.round(endMs - visits.startMs[u]!);
    journal.write(userIdOf(u), 'session-end', null, endMs, visits.lagMs[u]! + 1_000, context, { value });
    const unhappy = 1 - people.satisfactionWeek[u]!;
    const rich = people.cash[u]! > ARCHETYPES[people.archetype[u]!]!.capital * 300;
    const draws = random.next();
    if (people.cash[u]! > 5_000 && draws < (rich ? 0.012 : 0.002) + (unhappy > 0.7 ? 0.03 : 0)) {
      const amount = Math.round(people.cash[u]! * (0.3 + 0.5 * random.next()));
      people.cash[u]! -= amount;
      journal.write(userIdOf(u), 'withdrawal', null, endMs + 30_000, 400, context, { value: amount });
    }
    if (random.next() < 0.012 * people.satisfactionWeek[u]! && people.tier[u]! > 0) {
      const amount = Math.round(ARCHETYPES[people.archetype[u]!]!.capital * 100 * (0.05 + 0.4 * random.next()));
      people.cash[u]! += amount;
      journal.write(userIdOf(u), 'deposit', null, endMs + 40_000, 400, context, { value: amount });
    }
    // Leaving for good is the end of a bad run, not of one bad day.
    people.churned[u] = random.next() < 0.045 * unhappy * unhappy * unhappy ? 1 : 0;
    people.lastVisitMs[u] = endMs;
    arrivals.scheduleAway(u, Math.max(tick, Math.floor(endMs / settings.tickMs)));
  };

  return {
    begin(u, tick) {
      counts.visits++;
      visits.number[u]!++;
      random.reset(key, u, visits.number[u]!, 0);
      const timeMs = tick * settings.tickMs + Math.floor(random.next() * (settings.tickMs - 2_000));
      visits.phase[u] = VISITING;
      visits.page[u] = 0;
      visits.pages[u] = 0;
      visits.startMs[u] = timeMs;
      visits.readyMs[u] = timeMs + 400;
      visits.utility[u] = 0;
      visits.treated[u] = 0;
      visits.treatedInstrument[u] = NONE;
      visits.lagMs[u] = lagOf(random.next(), random.exponential());
      people.cardFatigue[u]! *= Math.max(0, 1 - (timeMs - people.lastVisitMs[u]!) / (3 * DAY_MS));
      moves.catchUp(u, timeMs);
      const sessionId = sessionIdOf(u);
      journal.write(userIdOf(u), 'session-start', null, timeMs, visits.lagMs[u]! + 300, { ...NO_CONTEXT, sessionId });
      feelLeader(u, timeMs);
      trading.review(u, timeMs, sessionId);
      chooseSurface(u, timeMs);
    },
    request(u) {
      const surface = visits.surface[u]!;
      const about = visits.aboutInstrument[u]!;
      return {
        requestId: `${sessionIdOf(u)}.${visits.page[u]!}`,
        userId: userIdOf(u),
        timeMs: Math.floor(visits.readyMs[u]!),
        surface: SURFACES[surface]!,
        count: PAGE_PLACES[surface]!,
        query: surface === SEARCH ? seeking.wordsOf(u) : null,
        about: surface === INSTRUMENT_PAGE ? { kind: 'instrument', id: subjects.instruments[about]!.id } : null,
      };
    },
    answer(u, request, page, tick) {
      const surface = visits.surface[u]!;
      if (request.query !== null) {
        const { requestId, timeMs, query } = request;
        const context: EventContext = { ...NO_CONTEXT, surface: 'search', sessionId: sessionIdOf(u), requestId };
        const action = visits.refinements[u]! > 0 ? 'refine' : 'query';
        journal.write(userIdOf(u), action, null, timeMs, visits.lagMs[u]! + 150, context, { query, quantity: page.items.length });
      }
      const { endMs, satisfied, nextInstrument } = reader.read(u, request, page, surface);
      random.reset(pageKey, u, visits.number[u]!, visits.page[u]!);
      visits.page[u]!++;
      const draws = random.next();
      const searchFailed = surface === SEARCH && satisfied === 0;
      const leads = nextInstrument !== NONE && surface !== INSTRUMENT_PAGE;
      // A good page invites another; so does a search that is still open, or an instrument just opened.
      const goesOn = leads ? 0.85 : searchFailed ? 0.6 : Math.min(0.8, 0.38 + 0.12 * satisfied);
      if (draws >= goesOn || visits.page[u]! >= PAGES_MAX) return end(u, endMs, tick);
      if (leads) {
        visits.surface[u] = INSTRUMENT_PAGE;
        visits.aboutInstrument[u] = nextInstrument;
      } else if (searchFailed && visits.refinements[u]! < REFINEMENTS_MAX) visits.refinements[u]!++;
      else if (surface !== FEED || random.next() < 0.35) chooseSurface(u, endMs);
      const pauseMs = 1_500 + Math.min(4 * MINUTE_MS, 12_000 * random.exponential());
      const next = Math.max(tick + 1, Math.floor((endMs + pauseMs) / settings.tickMs));
      visits.readyMs[u] = Math.max(next * settings.tickMs, endMs + pauseMs);
      calendar.put(u, next);
    },
  };
}

/** Satisfaction with a visit, 0 to 1, from its worth a page. */
export function scoreOf(worth: number): number {
  const centred = 1.1 * (worth - 0.3);
  return 0.5 + (0.5 * centred) / (1 + Math.abs(centred));
}

/** How long the platform waits for what a device did: mostly a moment, sometimes minutes, rarely hours without a network. */
function lagOf(drawn: number, exponential: number): number {
  if (drawn < 0.95) return 150 + Math.min(8_000, 500 * exponential);
  if (drawn < 0.99) return Math.min(30 * MINUTE_MS, 15_000 + 2 * MINUTE_MS * exponential);
  return Math.min(4 * HOUR_MS, 10 * MINUTE_MS + HOUR_MS * exponential);
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
