import { describe, expect, it } from 'vitest';
import { createState } from '../create-state.ts';
import { GET_HELP, HEDGE, INTENT_MEAN_MS, INTENTS, LEARN, MONITOR, SOCIALISE, TRADE } from '../population/intents.ts';
import { interestIn, RECURRING_AWAKE_DAYS } from '../population/people.ts';
import { resolveSettings } from '../world-settings.ts';

const DAY_MS = 86_400_000;

/** Users of a world whose markets are as hot as is said, a day and a visit later. */
function intentsAt(heat: number, localHour: number) {
  const { state, behaviour } = createState(resolveSettings({ base: 'tiny', users: 3_000 }), 21, '');
  state.heats.fill(heat);
  const counts = new Float64Array(INTENTS.length);
  for (let u = 0; u < state.people.count; u++) {
    state.visits.number[u] = 1;
    state.people.place[u] = 3; // London: local time is UTC.
    behaviour.moves.catchUp(u, state.settings.startMs + 2 * DAY_MS + localHour * 3_600_000);
    counts[state.people.intent[u]!]!++;
  }
  return { counts, state };
}

describe('intents', () => {
  it('turn to monitoring, trading and hedging when markets are wild', () => {
    const calm = intentsAt(1, 14).counts;
    const wild = intentsAt(3, 14).counts;
    for (const intent of [MONITOR, TRADE, HEDGE]) expect(wild[intent]!).toBeGreaterThan(1.3 * calm[intent]!);
    for (const intent of [LEARN, SOCIALISE]) expect(wild[intent]!).toBeLessThan(0.8 * calm[intent]!);
    expect(calm[GET_HELP]!).toBeGreaterThan(10);
  });

  it('follow the hour: people socialise in the evening', () => {
    expect(intentsAt(1, 23).counts[SOCIALISE]!).toBeGreaterThan(1.05 * intentsAt(1, 11).counts[SOCIALISE]!);
  });

  it('last as long as a log-normal says, not as a chain without memory would: short stays are rare', () => {
    const { state, behaviour } = createState(resolveSettings({ base: 'tiny', users: 4_000 }), 22, '');
    const { people } = state;
    const nowMs = state.settings.startMs;
    let short = 0;
    let sum = 0;
    let count = 0;
    for (let u = 0; u < people.count; u++) {
      people.intentUntilMs[u] = nowMs - 1;
      state.visits.number[u] = 2;
      behaviour.moves.catchUp(u, nowMs);
      const part = (people.intentUntilMs[u]! - nowMs) / INTENT_MEAN_MS[people.intent[u]!]!;
      count++;
      sum += part;
      if (part < 0.1) short++;
    }
    expect(sum / count).toBeGreaterThan(0.9);
    expect(sum / count).toBeLessThan(1.1);
    // An exponential distribution, a chain's, has 9.5 in 100 below a tenth of its mean; this one 0.7.
    expect(short / count).toBeLessThan(0.025);
  });
});

describe('an interest that comes back', () => {
  it('sleeps for days or weeks, and is then as strong as ever', () => {
    const { state } = createState(resolveSettings({ base: 'tiny', users: 500 }), 23, '');
    const { people } = state;
    const users = [...people.recurringTopic.keys()].filter((u) => people.recurringTopic[u] !== 255);
    expect(users.length).toBeGreaterThan(100);
    for (const u of users) {
      const period = people.recurringPeriodDays[u]!;
      const hours = Array.from({ length: period * 24 }, (_, hour) =>
        interestIn(people, u, people.recurringTopic[u]!, state.settings.startMs + hour * 3_600_000),
      );
      const awake = hours.filter((interest) => interest === 1).length;
      expect(Math.abs(awake - RECURRING_AWAKE_DAYS * 24)).toBeLessThanOrEqual(1);
      expect(interestIn(people, u, people.recurringTopic[u]!, state.settings.startMs + period * DAY_MS)).toBe(hours[0]);
      for (const interest of hours) expect(interest === 1 || interest <= 0.3).toBe(true);
    }
    const periods = users.map((u) => people.recurringPeriodDays[u]!);
    expect(Math.max(...periods)).toBeGreaterThan(18);
  });
});
