import { createCounterRandom, deriveKey } from '../../base/counter-random.ts';
import { PLATFORM_FEATURES } from '../platform/platform-features.ts';
import { HOLDINGS_MAX, interestIn, NONE } from '../population/people.ts';
import { pickWeighted } from '../population/pick-weighted.ts';
import type { WorldState } from '../world-state.ts';
import { LANGUAGES } from '../writing/languages.ts';
import { TOPICS } from '../writing/topics.ts';
import { writeQuery } from '../writing/write-query.ts';
import { focusStrength } from './attraction.ts';

/** Typing errors to expect in a query, first and when worded anew. */
const TYPOS = 0.16;
const TYPOS_AGAIN = 0.03;

/** What users search for, and in which words. */
export interface Seeking {
  /** Chooses what a search is after; searching for something makes it the focus. */
  choose(u: number, timeMs: number): void;
  /** The words of the running search; the same at every call until the next page. */
  wordsOf(u: number): string;
}

/** See {@link Seeking}. */
export function createSeeking(state: WorldState): Seeking {
  const { people, visits, markets } = state;
  const key = deriveKey(state.seed, 'seek');
  const wordsKey = deriveKey(state.seed, 'words');
  const random = createCounterRandom();
  const spots = markets.instruments.filter(({ kind }) => kind === 'spot').map(({ index }) => index);
  const topicWeights = new Float64Array(TOPICS.length);
  const featureWeights = new Float64Array(PLATFORM_FEATURES.length);

  const chooseTopic = (u: number, timeMs: number) => {
    for (let topic = 0; topic < topicWeights.length; topic++) {
      const interest = interestIn(people, u, topic, timeMs);
      const focus = people.focusTopic[u] === topic ? 1.5 * focusStrength(people, u, timeMs) : 0;
      topicWeights[topic] = interest * interest + focus;
    }
    return pickWeighted(random, topicWeights);
  };

  const chooseInstrument = (u: number) => {
    const drawn = random.next();
    if (drawn < 0.35 && people.focusInstrument[u] !== NONE) return people.focusInstrument[u]!;
    const held = people.heldInstrument[u * HOLDINGS_MAX + random.integer(HOLDINGS_MAX)]!;
    if (drawn < 0.7 && held !== NONE) return markets.instruments[held]!.underlying;
    const low = random.next();
    return spots[Math.floor(low * low * spots.length)]!;
  };

  const chooseFeature = (u: number) => {
    for (const { index, pull } of PLATFORM_FEATURES) {
      const wanted = people.wantedFeature[u] === index ? 2 : 0;
      featureWeights[index] = 0.01 + pull[people.intent[u]!]! * pull[people.intent[u]!]! + wanted;
    }
    return pickWeighted(random, featureWeights);
  };

  return {
    choose(u, timeMs) {
      random.reset(key, u, visits.number[u]!, visits.page[u]!);
      visits.refinements[u] = 0;
      visits.soughtTopic[u] = NONE;
      visits.soughtInstrument[u] = NONE;
      visits.soughtFeature[u] = NONE;
      const what = random.next();
      if (what < 0.5) {
        visits.soughtTopic[u] = people.focusTopic[u] = chooseTopic(u, timeMs);
      } else if (what < 0.8) {
        const instrument = chooseInstrument(u);
        visits.soughtInstrument[u] = people.focusInstrument[u] = instrument;
        people.focusTopic[u] = markets.instruments[instrument]!.topic;
      } else {
        const feature = chooseFeature(u);
        visits.soughtFeature[u] = feature;
        people.focusTopic[u] = TOPICS.findIndex(({ id }) => id === PLATFORM_FEATURES[feature]!.topic);
      }
      people.focusMs[u] = timeMs;
    },
    wordsOf(u) {
      random.reset(wordsKey, u, visits.number[u]!, visits.page[u]!);
      const again = visits.refinements[u]! > 0;
      const { soughtTopic, soughtInstrument, soughtFeature } = visits;
      return writeQuery(random, {
        topic: soughtTopic[u] === NONE ? null : soughtTopic[u]!,
        instrument: soughtInstrument[u] === NONE ? null : markets.instruments[soughtInstrument[u]!]!,
        feature: soughtFeature[u] === NONE ? null : PLATFORM_FEATURES[soughtFeature[u]!]!,
        language: LANGUAGES[people.firstLanguage[u]!]!,
        typos: again ? TYPOS_AGAIN : TYPOS,
        more: again,
      });
    },
  };
}
