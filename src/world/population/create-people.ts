import { createCounterRandom, deriveKey, type CounterRandom } from '../../base/counter-random.ts';
import { exp, pow } from '../../base/portable-math.ts';
import { isAllowed } from '../platform/eligibility.ts';
import { NEEDED_BITS, PLATFORM_FEATURES } from '../platform/platform-features.ts';
import type { WorldSettings } from '../world-settings.ts';
import { ARCHETYPES, type Archetype } from './archetypes.ts';
import { INTENT_MEAN_MS } from './intents.ts';
import { emptyPeople, LOST_CAUSE, PERSUADABLE, SLEEPING_DOG, SURE_THING, type People } from './people.ts';
import { BILINGUAL_SHARE, PLACES } from './places.ts';
import { pickWeighted } from './pick-weighted.ts';
import { userRecordOf } from './user-record.ts';

const DAY_MS = 86_400_000;

/**
 * Exponent of the Pareto tail of activity. Counts of what users do online fall off as a power law with an exponent of the
 * density between 2 and 3: Clauset, Shalizi & Newman 2009, "Power-law distributions in empirical data", SIAM Review 51;
 * for posts a user: Muchnik et al. 2013, "Origins of power-law degree distribution…", Scientific Reports 3.
 */
const ACTIVITY_TAIL = 1.5;

/** Sessions a day of the busiest. */
const ACTIVITY_MAX = 15;

/** Share of users with an interest that goes to sleep and comes back. */
const RECURRING_SHARE = 0.3;

/**
 * The users of a world, each from their own random stream.
 *
 * @param topicIds ids of the topics, in order of their codes
 */
export function createPeople(settings: WorldSettings, seed: number | string, topicIds: readonly string[]): People {
  const people = emptyPeople(settings, topicIds.length);
  const key = deriveKey(seed, 'people');
  const random = createCounterRandom();
  const kinds = ARCHETYPES.map(({ weight }) => weight);
  const places = PLACES.map(({ weight }) => weight);
  const topicsOf = ARCHETYPES.map(({ topics }) => topics.map((topic) => topicIds.indexOf(topic)));
  // The mean of a Pareto distribution from `least` with exponent a is a / (a − 1) × least.
  const least = (settings.sessionsPerUserDay * (ACTIVITY_TAIL - 1)) / ACTIVITY_TAIL;
  for (let u = 0; u < people.count; u++) {
    random.reset(key, u, 0, 0);
    const kind = pickWeighted(random, kinds);
    const archetype = ARCHETYPES[kind]!;
    people.archetype[u] = kind;
    people.activity[u] = Math.min(ACTIVITY_MAX, least * pow(1 - random.next(), -1 / ACTIVITY_TAIL));
    // Writers come by more often than the median reader.
    if (u < settings.authors) people.activity[u] = Math.min(ACTIVITY_MAX, Math.max(people.activity[u]!, 0.8) * 1.5);
    settle(people, u, random, places);
    setCharacter(people, u, random, archetype, settings.startMs);
    setTaste(people, u, random, topicsOf[kind]!);
    setEffect(people, u, random);
    setAdopted(people, u, random, archetype, settings.startMs);
    people.intent[u] = pickWeighted(random, archetype.intents);
    people.intentUntilMs[u] = settings.startMs + random.next() * INTENT_MEAN_MS[people.intent[u]!]!;
    people.satisfactionDay[u] = 0.5;
    people.satisfactionWeek[u] = 0.5;
    people.lastVisitMs[u] = settings.startMs - DAY_MS;
  }
  return people;
}

function settle(people: People, u: number, random: CounterRandom, weights: readonly number[]): void {
  const place = pickWeighted(random, weights);
  people.place[u] = place;
  const chinese = random.next() < PLACES[place]!.chineseShare ? 1 : 0;
  people.firstLanguage[u] = chinese;
  const bilingual = random.next() < BILINGUAL_SHARE && PLACES[place]!.chineseShare > 0;
  people.languages[u] = bilingual ? 3 : 1 << chinese;
}

function setCharacter(people: People, u: number, random: CounterRandom, archetype: Archetype, startMs: number): void {
  people.experience[u] = clamp(archetype.experience + 0.18 * random.normal());
  people.riskWish[u] = clamp(archetype.risk + 0.2 * random.normal());
  people.patience[u] = 1 + 0.25 * random.normal();
  const capital = archetype.capital * exp(1.1 * random.normal());
  people.cash[u] = Math.round(capital * 100);
  // Ages of accounts fall off exponentially: the platform grows.
  people.createdMs[u] = startMs - Math.floor(Math.min(2_500, 20 + 420 * random.exponential()) * DAY_MS * random.next());
  const standing = random.next() + 0.25 * people.experience[u]! + (capital > 2_000 ? 0.12 : 0);
  people.tier[u] = standing < 0.2 ? 0 : standing < 0.48 ? 1 : standing < 1.1 ? 2 : 3;
  const answers = 0.5 * people.experience[u]! + 0.5 * people.riskWish[u]! + 0.1 * random.normal();
  people.riskClass[u] = people.tier[u] === 0 ? 0 : answers < 0.38 ? 1 : answers < 0.62 ? 2 : 3;
}

function setTaste(people: People, u: number, random: CounterRandom, topics: readonly number[]): void {
  const from = u * people.topicCount;
  for (let topic = 0; topic < people.topicCount; topic++) people.taste[from + topic] = Math.floor(255 * 0.14 * random.next());
  for (const [rank, topic] of topics.entries()) {
    const strength = (0.95 - 0.13 * rank) * (0.45 + 0.65 * random.next());
    people.taste[from + topic] = Math.floor(255 * Math.min(1, strength));
  }
  // What nobody of the kind shares: one to three likings of one's own.
  const own = 1 + random.integer(3);
  for (let turn = 0; turn < own; turn++) people.taste[from + random.integer(people.topicCount)] = 120 + random.integer(136);
  people.recurringTopic[u] = 255;
  if (random.next() >= RECURRING_SHARE) return;
  const topic = random.integer(people.topicCount);
  people.recurringTopic[u] = topic;
  people.recurringPeriodDays[u] = 5 + random.integer(17);
  people.recurringPhaseDays[u] = random.next() * people.recurringPeriodDays[u]!;
}

/** Who can be persuaded follows from what can be known of a user, with noise: so a model can learn it. */
function setEffect(people: People, u: number, random: CounterRandom): void {
  const experience = people.experience[u]!;
  const risk = people.riskWish[u]!;
  const weights = [0, 0, 0, 0];
  weights[LOST_CAUSE] = exp(1.6 - 1.6 * risk + (people.tier[u] === 0 ? 1.5 : 0));
  weights[PERSUADABLE] = exp(0.6 + 1.6 * risk - 1.8 * experience);
  weights[SURE_THING] = exp(-1.4 + 2.2 * experience + 0.8 * risk);
  weights[SLEEPING_DOG] = exp(-0.8 + 2.6 * experience - 1.4 * risk);
  people.effectKind[u] = pickWeighted(random, weights);
  people.effectSize[u] = Math.max(0.3, 1 + 0.3 * random.normal());
}

/** What a user has taken up before the world begins: the longer here and the more experienced, the more; what must come first did. */
function setAdopted(people: People, u: number, random: CounterRandom, archetype: Archetype, startMs: number): void {
  const user = userRecordOf(people, u);
  const years = (startMs - people.createdMs[u]!) / (365 * DAY_MS);
  const habit = (0.3 + 0.7 * people.experience[u]!) * Math.min(1, 0.25 + years);
  const intents = archetype.intents.reduce((sum, weight) => sum + weight, 0);
  let adopted = 0;
  for (let pass = 0; pass < 2; pass++) {
    for (const { index, pull, rules } of PLATFORM_FEATURES) {
      const drawn = random.next();
      const wish = pull.reduce((sum, part, intent) => sum + part * archetype.intents[intent]!, 0) / intents;
      const ready = (adopted & NEEDED_BITS[index]!) === NEEDED_BITS[index]!;
      if (ready && drawn < 1.6 * habit * wish && isAllowed(user, rules, startMs)) adopted |= 1 << index;
    }
  }
  people.adopted[u] = adopted;
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
