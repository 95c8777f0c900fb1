import { createCounterRandom, deriveKey, type CounterRandom } from '../../base/counter-random.ts';
import { exp } from '../../base/portable-math.ts';
import { ARCHETYPES } from '../population/archetypes.ts';
import { HEDGE, INTENT_BY_QUARTER, INTENT_DURATION_SIGMA, INTENT_MEAN_MS, INTENTS, MONITOR, TRADE } from '../population/intents.ts';
import { HOLDINGS_MAX, NONE } from '../population/people.ts';
import { PLACES } from '../population/places.ts';
import { pickWeighted } from '../population/pick-weighted.ts';
import type { WorldState } from '../world-state.ts';

const DAY_MS = 86_400_000;
const QUARTER_MS = DAY_MS / 4;

/** Changes of intent that are played through after an absence; a longer one has forgotten its beginning. */
const CHANGES_MAX = 6;

/** How users' intents move. */
export interface IntentMoves {
  /** Brings a user's intent up to a moment, at the beginning of a visit: what ran out is followed by another; wild markets push. */
  catchUp(u: number, timeMs: number): void;
  /** What was just seen may give a new intent: with a chance, `intent` begins now. */
  nudge(u: number, intent: number, chance: number, random: CounterRandom, timeMs: number): void;
  /** Volatility that matters to a user: of what they hold, or else of the market; 1 is usual. */
  heatFor(u: number): number;
}

/** The semi-Markov process of intents, see {@link INTENT_DURATION_SIGMA}. */
export function createIntentMoves(state: WorldState): IntentMoves {
  const { people, visits, markets } = state;
  const key = deriveKey(state.seed, 'intent');
  const random = createCounterRandom();
  const weights = new Float64Array(INTENTS.length);

  const begin = (u: number, intent: number, from: CounterRandom, timeMs: number) => {
    people.intent[u] = intent;
    const spread = exp(INTENT_DURATION_SIGMA * from.normal() - (INTENT_DURATION_SIGMA * INTENT_DURATION_SIGMA) / 2);
    people.intentUntilMs[u] = timeMs + INTENT_MEAN_MS[intent]! * spread;
  };

  const heatFor = (u: number) => {
    let heat = state.heats[state.heats.length - 1]!;
    for (let slot = u * HOLDINGS_MAX; slot < (u + 1) * HOLDINGS_MAX; slot++) {
      const held = people.heldInstrument[slot]!;
      if (held !== NONE) heat = Math.max(heat, state.heats[markets.instruments[held]!.underlying]!);
    }
    return Math.min(heat, 5);
  };

  const weigh = (u: number, timeMs: number, heat: number) => {
    const own = ARCHETYPES[people.archetype[u]!]!.intents;
    const local = timeMs + PLACES[people.place[u]!]!.zoneMinutes * 60_000;
    const quarter = Math.floor((local % DAY_MS) / QUARTER_MS);
    const excess = Math.max(0, heat - 1);
    for (let intent = 0; intent < weights.length; intent++) {
      const push = intent === MONITOR ? 1.2 : intent === TRADE ? 0.9 : intent === HEDGE ? 1.5 : 0;
      weights[intent] = own[intent]! * INTENT_BY_QUARTER[intent]![quarter]! * (1 + push * excess);
    }
  };

  return {
    heatFor,
    catchUp(u, timeMs) {
      random.reset(key, u, visits.number[u]!, 0);
      const heat = heatFor(u);
      for (let change = 0; change < CHANGES_MAX && people.intentUntilMs[u]! <= timeMs; change++) {
        const endMs = change === CHANGES_MAX - 1 ? timeMs : people.intentUntilMs[u]!;
        weigh(u, endMs, heat);
        // A semi-Markov process has no change to the same state.
        weights[people.intent[u]!] = 0;
        begin(u, pickWeighted(random, weights), random, endMs);
      }
      if (heat > 1.5 && random.next() < 0.3 * (heat - 1.2)) {
        weigh(u, timeMs, heat);
        for (let intent = 0; intent < weights.length; intent++) {
          if (intent !== MONITOR && intent !== TRADE && intent !== HEDGE) weights[intent] = 0;
        }
        begin(u, pickWeighted(random, weights), random, timeMs);
      }
    },
    nudge(u, intent, chance, from, timeMs) {
      if (from.next() < chance && people.intent[u] !== intent) begin(u, intent, from, timeMs);
    },
  };
}
