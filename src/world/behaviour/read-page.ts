import { createCounterRandom, deriveKey, type CounterRandom } from '../../base/counter-random.ts';
import { exp } from '../../base/portable-math.ts';
import type { EventContext, EventSubject } from '../../data/events/event.ts';
import { PLATFORM_FEATURES } from '../platform/platform-features.ts';
import type { Page, PageItem, PageRequest } from '../policy.ts';
import { DISCOVER, EARN, GET_HELP, INSTRUMENT_PAGE, LEARN, MONITOR, SEARCH, SOCIALISE, TRADE } from '../population/intents.ts';
import { NONE, RECENT_TOPICS, see, SLEEPING_DOG, userIdOf } from '../population/people.ts';
import type { WorldState } from '../world-state.ts';
import { POST_KINDS } from '../writing/post-kinds.ts';
import { TOPICS } from '../writing/topics.ts';
import { openFeature } from './adoption.ts';
import { clickChance, recognise, type Seen } from './attraction.ts';
import { onwardChance, READINGS } from './examination.ts';
import { createFeedback } from './feedback.ts';
import type { IntentMoves } from './intent-moves.ts';
import { chanceToSatisfy } from './page-chances.ts';
import type { Trading } from './trading.ts';

/** Intent that a kind of post may bring about, in order of POST_KINDS, and how likely. */
const KIND_LEADS_TO: readonly number[] = [MONITOR, MONITOR, LEARN, TRADE, SOCIALISE, SOCIALISE, EARN, DISCOVER];
const KIND_LEAD_CHANCE: readonly number[] = [0.05, 0.05, 0.15, 0.08, 0.06, 0.05, 0.08, 0.05];

const SIGNAL = POST_KINDS.indexOf('signal');

/** Longest look at one post. */
const DWELL_MS_MAX = 600_000;

/** What reading a page came to. */
export interface PageOutcome {
  readonly endMs: number;
  readonly clicks: number;
  /** Of those, that satisfied. */
  readonly satisfied: number;
  /** Instrument whose page is opened next, or -1. */
  readonly nextInstrument: number;
}

/** Lets users read pages. */
export interface PageReader {
  /** User `u` reads the page that a request was answered with; writes what they do, and changes what they are. */
  read(u: number, request: PageRequest, page: Page, surface: number): PageOutcome;
}

/** See {@link PageReader}; the model of reading is in `examination.ts`, of clicks in `attraction.ts`. */
export function createPageReader(state: WorldState, moves: IntentMoves, trading: Trading): PageReader {
  const { people, visits, posts, markets, journal, subjects, counts } = state;
  const key = deriveKey(state.seed, 'page');
  const lookKey = deriveKey(state.seed, 'page look');
  const random = createCounterRandom();
  const feedback = createFeedback(state);
  /** What stands on the page, by place; null: nothing. */
  const items: (Seen | null)[] = [];
  /** What the reader makes of the places looked at. */
  const clicks: boolean[] = [];
  const contents: boolean[] = [];
  /** Posts looked at on the page, to be remembered at its end. */
  const lookedAt: number[] = [];
  const clickedPosts: number[] = [];
  const clickedSatisfied: boolean[] = [];

  const subjectOf = (item: Seen): EventSubject =>
    item.kind === 'post'
      ? posts.subjects[item.index % posts.capacity]!
      : item.kind === 'feature'
        ? subjects.features[item.index]!
        : subjects.instruments[item.index]!;

  /** What the page leaves behind: seen posts, topics one is tired of, a focus, perhaps an intent. */
  const remember = (u: number, timeMs: number) => {
    for (const number of lookedAt) {
      see(people, u, number);
      const at = people.recentAt[u]!;
      people.recentTopics[u * RECENT_TOPICS + at] = posts.topic[number % posts.capacity]!;
      people.recentAt[u] = (at + 1) % RECENT_TOPICS;
    }
    for (let place = 0; place < clickedPosts.length; place++) {
      const row = clickedPosts[place]! % posts.capacity;
      const kind = posts.kind[row]!;
      const topic = posts.topic[row]!;
      moveFocus(u, topic, posts.instrument[row]!, random, timeMs);
      if (clickedSatisfied[place]!) moves.nudge(u, KIND_LEADS_TO[kind]!, KIND_LEAD_CHANCE[kind]!, random, timeMs);
    }
  };

  /** Half of the time one stays with a topic, often one goes on to the topic that one's kind of person goes on to. */
  const moveFocus = (u: number, topic: number, instrument: number, from: CounterRandom, timeMs: number) => {
    const { related } = TOPICS[topic]!;
    const drawn = from.next();
    people.focusTopic[u] = drawn < 0.5 || related.length === 0 ? topic : related[people.archetype[u]! % related.length]!;
    if (instrument !== NONE) people.focusInstrument[u] = instrument;
    people.focusMs[u] = timeMs;
  };

  /**
   * Decides where the reader looks, what they click and what satisfies, before any of it happens: reading changes who they
   * are, but only for what comes after the page.
   *
   * @returns places from the first to the last looked at
   */
  const decide = (u: number, placed: readonly PageItem[], surface: number, timeMs: number): number => {
    const reading = READINGS[surface]!;
    const onward = onwardChance(people, u, reading.onward);
    const afterSatisfied = onwardChance(people, u, reading.afterSatisfied);
    const afterDisappointed = onwardChance(people, u, reading.afterDisappointed);
    let looked = -1;
    for (let position = 0; position < placed.length; position++) {
      const item = recognise(state, placed[position]!);
      items[position] = item;
      if (item === null) counts.unknownItems++;
      if (item === null || looked >= 0) continue;
      random.reset(key, u, visits.number[u]!, visits.page[u]!, position);
      const clicked = random.next() < clickChance(state, u, item, surface, timeMs);
      const satisfyDraw = random.next();
      const content = clicked && satisfyDraw < chanceToSatisfy(state, u, item, timeMs);
      clicks[position] = clicked;
      contents[position] = content;
      if (random.next() >= (clicked ? (content ? afterSatisfied : afterDisappointed) : onward)) looked = position + 1;
    }
    return looked < 0 ? placed.length : looked;
  };

  const read = (u: number, request: PageRequest, page: Page, surface: number): PageOutcome => {
    const { screen } = READINGS[surface]!;
    const userId = userIdOf(u);
    const sessionId = `${state.prefix}${u}.${visits.number[u]!}`;
    const startMs = request.timeMs;
    const lagMs = visits.lagMs[u]!;
    // Apps send what happened every five seconds, in one go.
    const lag = (timeMs: number) => 5_000 - (Math.floor(timeMs - startMs) % 5_000) + lagMs;
    let clockMs = startMs + 600;
    let clickCount = 0;
    let satisfiedCount = 0;
    let cards = 0;
    let nextInstrument = NONE;
    lookedAt.length = 0;
    clickedPosts.length = 0;
    clickedSatisfied.length = 0;
    visits.pages[u]!++;
    counts.pages++;
    const looked = decide(u, page.items, surface, startMs);
    const shown = Math.min(page.items.length, Math.ceil(looked / screen) * screen);

    for (let position = 0; position < shown; position++) {
      const item = items[position]!;
      if (item === null) continue;
      const subject = subjectOf(item);
      const context: EventContext = {
        surface: request.surface,
        sessionId,
        requestId: request.requestId,
        position,
        propensity: page.items[position]!.propensity,
        modelVersion: page.modelVersion,
        experiments: page.experiments,
      };
      journal.write(userId, 'impression', subject, clockMs, lag(clockMs), context);
      if (position >= looked) continue;

      random.reset(lookKey, u, visits.number[u]!, visits.page[u]!, position);
      clockMs += 500 + Math.min(8_000, 1_100 * random.exponential());
      const content = contents[position]!;
      if (item.kind === 'post') lookedAt.push(item.index);
      else cards += treat(u, item, surface);

      if (clicks[position]!) {
        clickCount++;
        journal.write(userId, surface === SEARCH ? 'result-click' : 'click', subject, clockMs, lag(clockMs), context);
        if (item.kind === 'post') {
          const dwellMs = Math.min(DWELL_MS_MAX, 22_000 * exp(0.8 * random.normal()) * (content ? 1.5 : 0.35));
          clockMs += dwellMs;
          journal.write(userId, 'dwell', subject, clockMs, lag(clockMs), context, { value: Math.round(dwellMs) });
          clockMs = feedback.afterClick(u, item.index, content, random, clockMs, lag, context);
          visits.utility[u]! += content ? 1 : -0.45;
          clickedPosts.push(item.index);
          clickedSatisfied.push(content);
          maybePersuade(u, item.index, content, sessionId, clockMs);
        } else if (item.kind === 'feature') {
          const outcome = openFeature(state, moves, random, u, item.index, clockMs + 500, lag, context);
          clockMs = outcome.untilMs;
          visits.utility[u]! += outcome.utility;
        } else {
          nextInstrument = markets.instruments[item.index]!.underlying;
          people.focusInstrument[u] = nextInstrument;
          people.focusTopic[u] = markets.instruments[item.index]!.topic;
          people.focusMs[u] = clockMs;
          clockMs += 4_000;
          visits.utility[u]! += 0.3;
          moves.nudge(u, people.intent[u] === GET_HELP ? GET_HELP : random.next() < 0.6 ? MONITOR : TRADE, 0.15, random, clockMs);
        }
        if (content) satisfiedCount++;
      } else if (item.kind === 'post') {
        visits.utility[u]! -= 0.025;
        feedback.afterPassing(u, item.index, random, clockMs, lag, context);
      } else {
        visits.utility[u]! -= 0.04;
      }
    }
    random.reset(key, u, visits.number[u]!, visits.page[u]!, 1 << 20);
    remember(u, clockMs);
    people.cardFatigue[u] = Math.min(3, people.cardFatigue[u]! * 0.8 + 0.15 * cards);
    if (surface === SEARCH && satisfiedCount === 0) visits.utility[u]! -= 0.4;
    return { endMs: clockMs, clicks: clickCount, satisfied: satisfiedCount, nextInstrument };
  };

  /** A card that invites to trade was looked at; 1 for any card that was not asked for. */
  const treat = (u: number, item: Seen, surface: number): number => {
    if (surface === SEARCH) return 0;
    const invites = item.kind === 'instrument' || PLATFORM_FEATURES[item.index]!.trading;
    if (!invites) return surface === INSTRUMENT_PAGE ? 0 : 1;
    visits.treated[u] = 1;
    if (item.kind === 'instrument') visits.treatedInstrument[u] = item.index;
    // Those who resent being sold to: the sleeping dogs are better left lying.
    if (people.effectKind[u] === SLEEPING_DOG) visits.utility[u]! -= 0.25;
    return 1;
  };

  /** A loud call to buy, from somebody trusted, to somebody new. */
  const maybePersuade = (u: number, number: number, content: boolean, sessionId: string, timeMs: number) => {
    const row = number % posts.capacity;
    if (posts.kind[row] !== SIGNAL && posts.campaign[row] === NONE) return;
    if (posts.instrument[row] === NONE || posts.stance[row] !== 1 || people.tier[u] === 0) return;
    const believes = (1 - people.experience[u]!) * (0.4 + 0.6 * posts.hype[row]!) * (content ? 1.5 : 1);
    if (random.next() >= 0.22 * believes) return;
    trading.persuade(u, posts.instrument[row]!, posts.campaign[row] === NONE ? 'post' : 'pump', timeMs, sessionId);
  };

  return { read };
}
