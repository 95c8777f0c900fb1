import type { CounterRandom } from '../../base/counter-random.ts';
import { logistic } from '../../base/portable-math.ts';
import type { EventContext } from '../../data/events/event.ts';
import { featureIndexOf, NEEDED_BITS, PLATFORM_FEATURES } from '../platform/platform-features.ts';
import { isAllowed } from '../platform/eligibility.ts';
import { EARN, HEDGE, LEARN, MONITOR, TRADE } from '../population/intents.ts';
import { findTie, NONE, userIdOf } from '../population/people.ts';
import { userRecordOf } from '../population/user-record.ts';
import type { WorldState } from '../world-state.ts';
import { TOPICS } from '../writing/topics.ts';
import type { IntentMoves } from './intent-moves.ts';

const MINUTE_MS = 60_000;

const COPY = featureIndexOf('copy-trading')!;

/** Intent that using a feature brings about, by feature id. */
const LEADS_TO: Readonly<Record<string, number>> = {
  spot: TRADE,
  perpetual: TRADE,
  futures: HEDGE,
  options: HEDGE,
  'earn-flexible': EARN,
  'earn-fixed': EARN,
  staking: EARN,
  'price-alerts': MONITOR,
  watchlist: MONITOR,
  'lesson-basics': LEARN,
  'lesson-derivatives': LEARN,
};

/** What came of opening a feature. */
export interface OpeningOutcome {
  /** What it was worth to the user. */
  readonly utility: number;
  /** When they were done. */
  readonly untilMs: number;
}

/**
 * A user opens a feature: `open`, and then `adopt` (a lesson: `complete`), or `abandon` where something is missing that
 * comes first, a rule says no, or they change their mind. What is missing they want from then on.
 */
export function openFeature(
  state: WorldState,
  moves: IntentMoves,
  random: CounterRandom,
  u: number,
  f: number,
  timeMs: number,
  lag: (timeMs: number) => number,
  context: EventContext,
): OpeningOutcome {
  const { people, journal, subjects } = state;
  const feature = PLATFORM_FEATURES[f]!;
  const userId = userIdOf(u);
  const subject = subjects.features[f]!;
  const pull = feature.pull[people.intent[u]!]!;
  const topic = TOPICS.findIndex(({ id }) => id === feature.topic);
  journal.write(userId, 'open', subject, timeMs, lag(timeMs), context);
  const drawn = random.next();
  const spent = random.exponential();
  people.focusTopic[u] = topic;
  people.focusMs[u] = timeMs;
  if ((people.adopted[u]! & (1 << f)) !== 0) {
    const doneMs = timeMs + (0.5 + Math.min(20, 3 * spent)) * MINUTE_MS;
    if (drawn < 0.6) journal.write(userId, 'complete', subject, doneMs, lag(doneMs), context);
    return { utility: 0.4 + 0.4 * pull, untilMs: doneMs };
  }
  const missing = NEEDED_BITS[f]! & ~people.adopted[u]!;
  const allowed = isAllowed(userRecordOf(people, u), feature.rules, timeMs);
  if (missing !== 0 || !allowed || drawn >= logistic(-1 + 2.4 * pull + people.taste[u * people.topicCount + topic]! / 255)) {
    const endMs = timeMs + (4 + Math.min(120, 20 * spent)) * 1_000;
    journal.write(userId, 'abandon', subject, endMs, lag(endMs), context);
    // The lowest missing bit: what must come first is found on the way.
    if (missing !== 0) people.wantedFeature[u] = 31 - Math.clz32(missing & -missing);
    return { utility: allowed ? 0 : -0.5, untilMs: endMs };
  }
  people.adopted[u]! |= 1 << f;
  if (people.wantedFeature[u] === f) people.wantedFeature[u] = NONE;
  const doneMs = timeMs + (feature.lesson ? 3 + Math.min(25, 6 * spent) : 0.3 + Math.min(5, spent)) * MINUTE_MS;
  journal.write(userId, 'adopt', subject, feature.lesson ? timeMs + 4_000 : doneMs, lag(doneMs), context);
  if (feature.lesson) journal.write(userId, 'complete', subject, doneMs, lag(doneMs), context);
  if (f === COPY) people.copiedLeader[u] = chooseLeader(state, random, u);
  const next = LEADS_TO[feature.id];
  if (next !== undefined) moves.nudge(u, next, 0.4, random, timeMs);
  return { utility: 1, untilMs: doneMs };
}

/** Whom a new copier copies: the best record among some that are known by fame, with favour for those they trust. */
function chooseLeader({ settings, people, authors }: WorldState, random: CounterRandom, u: number): number {
  let best = 0;
  let bestScore = -1;
  for (let draw = 0; draw < 4; draw++) {
    const leader = random.integer(settings.leaders);
    const tie = findTie(people, u, leader);
    const score = authors.record[leader]! + (tie === NONE ? 0 : 0.3 * people.tieTrust[tie]!);
    if (score > bestScore) {
      best = leader;
      bestScore = score;
    }
  }
  return best;
}
