import { createCounterRandom, deriveKey, type CounterRandom } from '../../base/counter-random.ts';
import { exp } from '../../base/portable-math.ts';
import type { Instrument } from '../markets/instruments.ts';
import type { Markets } from '../markets/markets.ts';
import type { Authors } from '../population/authors.ts';
import { NONE, userIdOf, type People } from '../population/people.ts';
import { pickWeighted } from '../population/pick-weighted.ts';
import { PLACES, VISIT_PROFILE_MAX, visitProfile } from '../population/places.ts';
import type { WorldSettings } from '../world-settings.ts';
import { POST_KINDS } from '../writing/post-kinds.ts';
import { TOPICS } from '../writing/topics.ts';
import { postIdOf, type Posts } from './posts.ts';

const DAY_MS = 86_400_000;

const NEWS = POST_KINDS.indexOf('news');
const LESSON = POST_KINDS.indexOf('lesson');
const SIGNAL = POST_KINDS.indexOf('signal');
const STORY = POST_KINDS.indexOf('story');
const QUESTION = POST_KINDS.indexOf('question');
const REPORT = POST_KINDS.indexOf('leader-report');

/** Weights of the kinds for any author, in order of POST_KINDS; each author's own habits multiply them. */
const KIND_WEIGHTS: readonly number[] = [3, 3, 2, 2, 3, 1.5, 1, 0];

/** What is about to be published. */
export interface Draft {
  author: number;
  topic: number;
  kind: number;
  instrument: number;
  otherInstrument: number;
  stance: number;
  quality: number;
  hype: number;
  campaign: number;
}

/** Writes the world's posts. */
export interface Publisher {
  /** Posts of one tick by habit, and those that news bring about; returns how many. */
  publishTick(tick: number, timeMs: number): number;
  /** One post of a campaign: it pushes an instrument up. */
  publishPump(random: CounterRandom, author: number, instrument: number, campaign: number, timeMs: number): void;
}

/** Creates the {@link Publisher}; it appends to `posts`. */
export function createPublisher(
  settings: WorldSettings,
  seed: number | string,
  world: { readonly people: People; readonly authors: Authors; readonly posts: Posts; readonly markets: Markets },
): Publisher {
  const { people, authors, posts, markets } = world;
  const key = deriveKey(seed, 'publish');
  const random = createCounterRandom();
  const habits = kindHabits(seed, authors);
  const spots = markets.instruments.filter(({ kind }) => kind === 'spot');
  const spotsOfTopic = TOPICS.map((_, topic) => spots.filter((instrument) => instrument.topic === topic));
  const tickRate = authors.rateSums.at(-1)! * (settings.tickMs / DAY_MS) * VISIT_PROFILE_MAX;
  const weights = new Float32Array(POST_KINDS.length);

  const publish = (draft: Draft, timeMs: number) => {
    const number = posts.next;
    const row = number % posts.capacity;
    // Rows are freed before a tick (see ROWS_FREE); a tick with still more posts drops them: memory is bounded, whatever the draws.
    if (number - posts.first >= posts.capacity) return;
    posts.next++;
    posts.author[row] = draft.author;
    posts.topic[row] = draft.topic;
    posts.kind[row] = draft.kind;
    posts.instrument[row] = draft.instrument;
    posts.otherInstrument[row] = draft.otherInstrument;
    posts.stance[row] = draft.stance;
    posts.quality[row] = draft.quality;
    posts.hype[row] = draft.hype;
    posts.language[row] = authors.language[draft.author]!;
    posts.createdMs[row] = timeMs;
    posts.campaign[row] = draft.campaign;
    posts.leaderReturn[row] = authors.record[draft.author]! - 1;
    const mentioned = [draft.instrument, draft.otherInstrument].filter((instrument) => instrument !== NONE);
    posts.subjects[row] = {
      kind: 'content',
      id: postIdOf(number),
      authorId: userIdOf(draft.author),
      tags: [TOPICS[draft.topic]!.id, POST_KINDS[draft.kind]!],
      instruments: mentioned.map((instrument) => markets.instruments[instrument]!.id),
    };
  };

  const draftOf = (author: number, topic: number, kind: number, instrument: number): Draft => {
    const lies = authors.honesty[author]! < 0.3;
    const loud = kind === SIGNAL || kind === STORY ? 0.15 : 0;
    const hype = clamp((lies ? 0.6 : 0.22) + loud + 0.15 * random.normal());
    const quality = clamp(0.12 + 0.72 * authors.skill[author]! + 0.13 * random.normal() - (lies ? 0.2 : 0));
    const momentum = instrument === NONE ? 0 : Math.sign(markets.change(instrument, 'day'));
    const drawn = random.integer(3) - 1;
    const stance = kind === LESSON || kind === QUESTION ? 0 : random.next() < 0.55 ? momentum : drawn;
    const other = instrument !== NONE && random.next() < 0.15 ? spots[random.integer(spots.length)]!.index : NONE;
    return { author, topic, kind, instrument, otherInstrument: other === instrument ? NONE : other, stance, quality, hype, campaign: NONE };
  };

  const instrumentFor = (topic: number, kind: number): number => {
    const own = spotsOfTopic[topic]!;
    const drawn = random.next();
    if (own.length > 0 && drawn < 0.8) return own[firstish(random, own.length)]!.index;
    return drawn < (kind === SIGNAL ? 0.95 : 0.3) ? spots[firstish(random, spots.length)]!.index : NONE;
  };

  return {
    publishTick(tick, timeMs) {
      const before = posts.next;
      random.reset(key, tick, 0, 0);
      const tries = random.poisson(tickRate);
      for (let turn = 0; turn < tries; turn++) {
        random.reset(key, tick, 1, turn);
        const author = random.categorical(authors.rateSums);
        const profile = visitProfile(timeMs, PLACES[people.place[author]!]!.zoneMinutes);
        if (random.next() * VISIT_PROFILE_MAX >= profile) continue;
        const drawn = random.next();
        const topic = drawn < 0.85 ? authors.niches[author * 2 + (drawn < 0.6 ? 0 : 1)]! : random.integer(TOPICS.length);
        for (let kind = 0; kind < weights.length; kind++) weights[kind] = habits[author * weights.length + kind]!;
        const kind = pickWeighted(random, weights);
        publish(draftOf(author, topic, kind, instrumentFor(topic, kind)), timeMs);
      }
      for (const [place, shock] of markets.newsSince(timeMs - settings.tickMs).entries()) {
        random.reset(key, tick, 2, place);
        // News of the whole market is told by way of one of its instruments.
        const instrument: Instrument = markets.instruments[shock.instruments[random.integer(shock.instruments.length)]!]!;
        const count = 2 + random.integer(4);
        for (let turn = 0; turn < count; turn++) {
          const author = random.categorical(authors.rateSums);
          const draft = draftOf(author, instrument.topic, NEWS, instrument.underlying);
          publish({ ...draft, stance: shock.sign }, timeMs);
        }
      }
      return posts.next - before;
    },
    publishPump(pumpRandom, author, instrument, campaign, timeMs) {
      publish(
        {
          author,
          topic: markets.instruments[instrument]!.topic,
          kind: pumpRandom.next() < 0.75 ? SIGNAL : STORY,
          instrument,
          otherInstrument: NONE,
          stance: 1,
          quality: 0.08 + 0.15 * pumpRandom.next(),
          hype: 0.8 + 0.2 * pumpRandom.next(),
          campaign,
        },
        timeMs,
      );
    },
  };
}

/** Weights of kinds by author: what is usual, times what this one likes; only leaders report. */
function kindHabits(seed: number | string, authors: Authors): Float32Array {
  const kinds = POST_KINDS.length;
  const habits = new Float32Array(authors.count * kinds);
  const key = deriveKey(seed, 'habits');
  const random = createCounterRandom();
  for (let a = 0; a < authors.count; a++) {
    random.reset(key, a, 0, 0);
    for (let kind = 0; kind < kinds; kind++) habits[a * kinds + kind] = KIND_WEIGHTS[kind]! * exp(1.1 * random.normal());
    if (authors.leads[a] === 1) habits[a * kinds + REPORT] = 5;
    if (authors.honesty[a]! < 0.3) habits[a * kinds + SIGNAL]! *= 2;
  }
  return habits;
}

/** An index below `length`, small ones more often. */
function firstish(random: CounterRandom, length: number): number {
  const drawn = random.next();
  return Math.floor(length * drawn * drawn);
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
