import type { CounterRandom } from '../../base/counter-random.ts';
import type { Choice } from './ordered-policy.ts';
import type { Candidate } from './platform-view.ts';

/** Where a page's places may be filled from. No candidate stands in a source twice. */
export type SlotSource = WeightedSource | EvenSource;

/** A short list with weights. */
export interface WeightedSource {
  /** Share of the places, beside those of the other sources. */
  readonly share: number;
  readonly candidates: readonly Candidate[];
  /** Weight of each candidate within the source, above 0; used up by {@link sampleSlots}. */
  readonly weights: number[];
}

/** A list, maybe a long one, all of whose candidates are alike. */
export interface EvenSource {
  readonly share: number;
  readonly candidates: readonly Candidate[];
  /** Whether a candidate of any of the sources stands in this one. */
  readonly holds: (candidate: Candidate) => boolean;
}

/**
 * Fills places one after the other: a source is drawn by its share (among those that have something left), then a candidate
 * from it by weight. A candidate may stand in several sources. The propensity of a place is the chance, given the places
 * before it, that its candidate would stand there: the sum over all sources that hold it. Exact.
 */
export function sampleSlots(random: CounterRandom, sources: readonly SlotSource[], count: number): Choice[] {
  const choices: Choice[] = [];
  const left = sources.map((source) => ('weights' in source ? sumOf(source.weights) : source.candidates.length));
  while (choices.length < count) {
    let shares = 0;
    for (let s = 0; s < sources.length; s++) if (left[s]! > 0) shares += sources[s]!.share;
    if (shares === 0) break;
    const candidate = draw(random, sources, left, shares, choices);
    let propensity = 0;
    for (let s = 0; s < sources.length; s++) {
      const source = sources[s]!;
      const share = source.share / shares;
      if (!('weights' in source)) {
        if (source.holds(candidate)) propensity += share / left[s]!--;
        continue;
      }
      const at = source.candidates.indexOf(candidate);
      if (at < 0) continue;
      propensity += share * (source.weights[at]! / left[s]!);
      source.weights[at] = 0;
      // Summed anew: what repeated subtraction would leave of rounding is not zero.
      left[s] = sumOf(source.weights);
    }
    choices.push({ candidate, propensity: Math.min(1, propensity) });
  }
  return choices;
}

function draw(
  random: CounterRandom,
  sources: readonly SlotSource[],
  left: readonly number[],
  shares: number,
  choices: readonly Choice[],
): Candidate {
  let target = random.next() * shares;
  let chosen = -1;
  for (let s = 0; s < sources.length && target >= 0; s++) {
    if (left[s]! <= 0) continue;
    chosen = s;
    target -= sources[s]!.share;
  }
  const source = sources[chosen]!;
  const { candidates } = source;
  if (!('weights' in source)) {
    const isTaken = (candidate: Candidate) => choices.some((choice) => choice.candidate === candidate);
    // Something is left, and pages are short beside such lists: few turns. A short list might take many, so it is walked.
    let at = random.integer(candidates.length);
    for (let turn = 0; turn < 64 && isTaken(candidates[at]!); turn++) at = random.integer(candidates.length);
    while (isTaken(candidates[at]!)) at = (at + 1) % candidates.length;
    return candidates[at]!;
  }
  const { weights } = source;
  let rest = random.next() * left[chosen]!;
  let last = -1;
  for (let at = 0; at < weights.length; at++) {
    if (weights[at] === 0) continue;
    last = at;
    rest -= weights[at]!;
    if (rest < 0) break;
  }
  return candidates[last]!;
}

function sumOf(weights: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < weights.length; at++) sum += weights[at]!;
  return sum;
}
