import { createCounterRandom, deriveKey, uniformAt } from '../../base/counter-random.ts';
import type { EventContext } from '../../data/events/event.ts';
import { NO_CONTEXT } from '../../data/events/event.ts';
import { INSTRUMENT_KINDS } from '../markets/instruments.ts';
import { featureIndexOf } from '../platform/platform-features.ts';
import { HEDGE } from '../population/intents.ts';
import { ARCHETYPES } from '../population/archetypes.ts';
import { HOLDINGS_MAX, NONE, userIdOf } from '../population/people.ts';
import type { PlannedTrade, TradeCause } from '../stream/agenda.ts';
import type { WorldState } from '../world-state.ts';
import { treatmentChances } from './treatment.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const SPOT = featureIndexOf('spot')!;

/** Features that open an instrument kind, in order of INSTRUMENT_KINDS. */
const FEATURE_OF_KIND: readonly number[] = ['spot', 'perpetual', 'futures', 'options', 'structured'].map((id) => featureIndexOf(id)!);

/** How much a position moves for one of its instrument, in order of INSTRUMENT_KINDS; a loss never exceeds what was put in. */
const LEVERAGE: readonly number[] = [1, 5, 5, 1, 1];

/** Part of the notional that a trade costs. */
const FEE = 0.001;

/** What people do with money. */
export interface Trading {
  /** The decision at the end of a visit: to trade or not; recorded with both of its outcomes. */
  decide(u: number, timeMs: number, heat: number): void;
  /** Plans a trade that a post talked the user into. */
  persuade(u: number, instrument: number, cause: TradeCause, timeMs: number, sessionId: string): void;
  /** Does what was planned. */
  carryOut(trade: PlannedTrade): void;
  /** Looks over what is held, at the beginning of a visit: large moves are felt, and some are closed. */
  review(u: number, timeMs: number, sessionId: string): void;
  /** An author of a campaign buys (positive notional, minor units), or sells all (negative). */
  tradeForCampaign(u: number, instrument: number, notional: number, timeMs: number): void;
}

/** See {@link Trading}. */
export function createTrading(state: WorldState): Trading {
  const { people, visits, markets, journal, decisions, agenda, settings, subjects, counts } = state;
  const decisionKey = deriveKey(state.seed, 'decision');
  const random = createCounterRandom();
  const tradeKey = deriveKey(state.seed, 'trade');
  const reviewKey = deriveKey(state.seed, 'review');
  const spots = markets.instruments.filter(({ kind }) => kind === 'spot').map(({ index }) => index);

  const plan = (trade: PlannedTrade) => {
    agenda.plan(Math.max(state.tick + 1, Math.floor(trade.timeMs / settings.tickMs)), trade);
  };

  const placeOrder = (u: number, instrument: number, notional: number, timeMs: number, sessionId: string | null, lagMs: number) => {
    const subject = subjects.instruments[instrument]!;
    const value = Math.max(100, Math.round(Math.abs(notional)));
    const quantity = (notional < 0 ? -value : value) / 100 / markets.price(instrument);
    const context: EventContext = sessionId === null ? NO_CONTEXT : { ...NO_CONTEXT, surface: 'trade', sessionId };
    const userId = userIdOf(u);
    journal.write(userId, 'order-placed', subject, timeMs, 40, context, { value, quantity });
    journal.write(userId, 'trade-filled', subject, timeMs + lagMs, 60, context, { value, quantity });
    people.trades[u]!++;
    counts.trades++;
  };

  /** What is held is worth: a contract that has expired since was settled at its last price. */
  const priceOfHeld = (slot: number) => {
    const instrument = people.heldInstrument[slot]!;
    const expired = markets.instruments[instrument]!.listedMs > people.heldSinceMs[slot]!;
    return expired ? state.settlements[instrument]! : markets.price(instrument);
  };

  const close = (u: number, slot: number, timeMs: number, sessionId: string | null) => {
    const instrument = people.heldInstrument[slot]!;
    const notional = people.heldNotional[slot]!;
    const size = Math.abs(notional);
    const kind = INSTRUMENT_KINDS.indexOf(markets.instruments[instrument]!.kind);
    const move = priceOfHeld(slot) / people.heldPrice[slot]! - 1;
    const gain = Math.max(-size, Math.min(5 * size, Math.round(size * Math.sign(notional) * LEVERAGE[kind]! * move))) - Math.round(size * FEE);
    placeOrder(u, instrument, -notional, timeMs, sessionId, 300);
    people.cash[u] = Math.max(0, people.cash[u]! + size + gain);
    if (gain < 0 && (people.heldPumped[slot] === 1 || people.trades[u]! > 60)) people.harm[u]! -= gain;
    feel(u, gain / (people.cash[u]! + size + 1));
    people.heldInstrument[slot] = NONE;
    people.heldPumped[slot] = 0;
  };

  /** Money moves satisfaction, losses twice as much as gains (Kahneman & Tversky 1979, "Prospect theory", Econometrica 47). */
  const feel = (u: number, part: number) => {
    const felt = Math.max(-0.2, Math.min(0.12, part < 0 ? 1.2 * part : 0.6 * part));
    people.satisfactionDay[u] = clamp(people.satisfactionDay[u]! + felt);
    people.satisfactionWeek[u] = clamp(people.satisfactionWeek[u]! + felt / 3);
  };

  const open = (u: number, instrument: number, notional: number, pumped: boolean, timeMs: number, sessionId: string | null, fillMs: number) => {
    let slot = NONE;
    for (let at = u * HOLDINGS_MAX; at < (u + 1) * HOLDINGS_MAX; at++) if (people.heldInstrument[at] === NONE) slot = at;
    if (slot === NONE) {
      slot = u * HOLDINGS_MAX + random.integer(HOLDINGS_MAX);
      close(u, slot, timeMs, sessionId);
    }
    const size = Math.abs(notional);
    placeOrder(u, instrument, notional, timeMs, sessionId, fillMs);
    people.cash[u] = Math.max(0, people.cash[u]! - size - Math.round(size * FEE));
    people.heldInstrument[slot] = instrument;
    people.heldPrice[slot] = markets.price(instrument);
    people.heldSinceMs[slot] = timeMs;
    people.heldNotional[slot] = notional;
    people.heldPumped[slot] = pumped ? 1 : 0;
  };

  const favourite = (u: number): number => {
    if (people.focusInstrument[u] !== NONE) return people.focusInstrument[u]!;
    const held = people.heldInstrument[u * HOLDINGS_MAX + random.integer(HOLDINGS_MAX)]!;
    if (held !== NONE && random.next() < 0.6) return markets.instruments[held]!.underlying;
    let best = spots[0]!;
    let bestLiking = -1;
    for (const spot of spots) {
      const { topic, capRank } = markets.instruments[spot]!;
      const liking = people.taste[u * people.topicCount + topic]! / 255 + (0.6 * random.next()) / (1 + 0.2 * capRank);
      if (liking > bestLiking) {
        best = spot;
        bestLiking = liking;
      }
    }
    return best;
  };

  /** The instrument of the underlying that suits: options to hedge, swaps for who dares, where they have the feature. */
  const suitable = (u: number, spot: number): number => {
    const derived = subjects.derived[spot]!;
    const wished = people.intent[u] === HEDGE ? [3, 2, 1] : people.riskWish[u]! > 0.55 ? [1, 4] : [4];
    for (const kind of wished) {
      const has = (people.adopted[u]! & (1 << FEATURE_OF_KIND[kind]!)) !== 0;
      if (has && derived[kind] !== NONE && derived[kind] !== undefined && random.next() < 0.6) return derived[kind];
    }
    return spot;
  };

  return {
    decide(u, timeMs, heat) {
      const chances = treatmentChances(people, u, heat);
      const drawn = uniformAt(decisionKey, u, visits.number[u]!, 0);
      const without = drawn < chances.without;
      const withCard = drawn < chances.with;
      const treated = visits.treated[u] === 1;
      const row = decisions.count++ % decisions.capacity;
      decisions.user[row] = u;
      decisions.visit[row] = visits.number[u]!;
      decisions.timeMs[row] = timeMs;
      decisions.treated[row] = treated ? 1 : 0;
      decisions.chanceWithout[row] = chances.without;
      decisions.chanceWith[row] = chances.with;
      decisions.tradesWithout[row] = without ? 1 : 0;
      decisions.tradesWith[row] = withCard ? 1 : 0;
      if (!(treated ? withCard : without)) return;
      random.reset(decisionKey, u, visits.number[u]!, 1);
      const caused = treated && !without;
      const shown = treated ? visits.treatedInstrument[u]! : NONE;
      const instrument = shown !== NONE && (caused || random.next() < 0.5) ? shown : favourite(u);
      plan({
        user: u,
        instrument: markets.instruments[instrument]!.underlying,
        timeMs: Math.floor(timeMs + delay(random.next(), random.exponential())),
        part: 0.05 + 0.3 * random.next() * people.riskWish[u]!,
        cause: caused ? 'card' : 'own',
        sessionId: `${state.prefix}${u}.${visits.number[u]!}`,
      });
    },
    persuade(u, instrument, cause, timeMs, sessionId) {
      const part = 0.1 + 0.3 * people.riskWish[u]!;
      plan({ user: u, instrument, timeMs: timeMs + 3 * MINUTE_MS, part, cause, sessionId });
    },
    carryOut({ user: u, instrument: spot, timeMs, part, cause, sessionId }) {
      random.reset(tradeKey, u, Math.floor(timeMs / 1_000), people.trades[u]!);
      const userId = userIdOf(u);
      if ((people.adopted[u]! & (1 << SPOT)) === 0) {
        // The first trade is how most come to have an account to trade with.
        people.adopted[u]! |= 1 << SPOT;
        journal.write(userId, 'adopt', subjects.features[SPOT]!, timeMs - 5_000, 80, { ...NO_CONTEXT, surface: 'trade', sessionId });
      }
      for (let slot = u * HOLDINGS_MAX; slot < (u + 1) * HOLDINGS_MAX; slot++) {
        const held = people.heldInstrument[slot]!;
        if (held === NONE || markets.instruments[held]!.underlying !== spot || cause === 'pump') continue;
        if (random.next() < 0.55) return close(u, slot, timeMs, sessionId);
      }
      if (people.cash[u]! < 2_000) {
        const amount = Math.round(ARCHETYPES[people.archetype[u]!]!.capital * 100 * (0.1 + 0.5 * random.next()));
        people.cash[u]! += amount;
        journal.write(userId, 'deposit', null, timeMs - 60_000, 500, NO_CONTEXT, { value: amount });
      }
      const instrument = cause === 'pump' ? spot : suitable(u, spot);
      const kind = INSTRUMENT_KINDS.indexOf(markets.instruments[instrument]!.kind);
      const shorts = (kind === 1 || kind === 2) && random.next() < (people.intent[u] === HEDGE ? 0.85 : 0.35);
      const notional = Math.max(1_000, Math.round(people.cash[u]! * part)) * (shorts ? -1 : 1);
      // Market orders fill at once, limit orders within minutes.
      const fillMs = random.next() < 0.7 ? 120 : 5_000 + 240_000 * random.next();
      open(u, instrument, notional, cause === 'pump', timeMs, sessionId, fillMs);
      // Who lacks the experience and was talked into it pays for trading itself.
      if (cause === 'card' && people.experience[u]! < 0.35) people.harm[u]! += Math.round(Math.abs(notional) * FEE * 2);
    },
    review(u, timeMs, sessionId) {
      random.reset(reviewKey, u, visits.number[u]!, 0);
      for (let slot = u * HOLDINGS_MAX; slot < (u + 1) * HOLDINGS_MAX; slot++) {
        const held = people.heldInstrument[slot]!;
        if (held === NONE) continue;
        const move = priceOfHeld(slot) / people.heldPrice[slot]! - 1;
        const size = Math.abs(move);
        feel(u, 0.15 * Math.sign(people.heldNotional[slot]!) * move);
        if (random.next() < (size > 0.1 ? 0.3 : size > 0.04 ? 0.1 : 0.02)) close(u, slot, timeMs + 20_000, sessionId);
      }
    },
    tradeForCampaign(u, instrument, notional, timeMs) {
      random.reset(tradeKey, u, Math.floor(timeMs / 1_000), people.trades[u]!);
      if (notional > 0) {
        people.cash[u] = Math.max(people.cash[u]!, notional * 2);
        return open(u, instrument, notional, false, timeMs, null, 2_000);
      }
      for (let slot = u * HOLDINGS_MAX; slot < (u + 1) * HOLDINGS_MAX; slot++) {
        if (people.heldInstrument[slot] === instrument) close(u, slot, timeMs, null);
      }
    },
  };
}

/** From decision to order: most within the hour, some within the day, some days later. */
function delay(drawn: number, exponential: number): number {
  if (drawn < 0.6) return (1 + Math.min(60, 15 * exponential)) * MINUTE_MS;
  if (drawn < 0.9) return (1 + Math.min(20, 5 * exponential)) * HOUR_MS;
  return (20 + Math.min(80, 20 * exponential)) * HOUR_MS;
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

