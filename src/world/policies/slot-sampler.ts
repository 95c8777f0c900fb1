import type { CounterRandom } from '../../base/counter-random.ts';
import type { Choice } from './ordered-policy.ts';
import type { Candidate } from './platform-view.ts';

/** Where a page's places may be filled from. */
export interface SlotSource {
  /** Share of the places, beside those of the other sources. */
  readonly share: number;
  /** No candidate twice. */
  readonly candidates: readonly Candidate[];
  /** Weight of each candidate within the source, above 0; used up by {@link sampleSlots}. Null: all alike, the candidates by rising number; for long lists. */
  readonly weights: Float64Array | null;
}

/**
 * Fills places one after the other: a source is drawn by its share (among those that have something left), then a candidate
 * from it by weight. A candidate may stand in several sources. The propensity of a place is the chance, given the places
 * before it, that its candidate would stand there: the sum over all sources that hold it. Exact.
 */
export function sampleSlots(random: CounterRandom, sources: readonly SlotSource[], count: number): Choice[] {
  const choices: Choice[] = [];
  const taken = new Set<Candidate>();
  const left = sources.map(({ weights, candidates }) => (weights === null ? candidates.length : sumOf(weights)));
  while (choices.length < count) {
    let shares = 0;
    for (let s = 0; s < sources.length; s++) if (left[s]! > 0) shares += sources[s]!.share;
    if (shares === 0) break;
    const candidate = draw(random, sources, left, shares, taken);
    taken.add(candidate);
    let propensity = 0;
    for (let s = 0; s < sources.length; s++) {
      const { share, candidates, weights } = sources[s]!;
      const at = weights === null ? placeByNumber(candidates, candidate) : candidates.indexOf(candidate);
      if (at < 0) continue;
      propensity += (share / shares) * ((weights === null ? 1 : weights[at]!) / left[s]!);
      if (weights === null) {
        left[s]!--;
        continue;
      }
      weights[at] = 0;
      // Summed anew: what repeated subtraction would leave of rounding is not zero.
      left[s] = sumOf(weights);
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
  taken: ReadonlySet<Candidate>,
): Candidate {
  let target = random.next() * shares;
  let chosen = -1;
  for (let s = 0; s < sources.length && target >= 0; s++) {
    if (left[s]! <= 0) continue;
    chosen = s;
    target -= sources[s]!.share;
  }
  const { candidates, weights } = sources[chosen]!;
  if (weights === null) {
    // Something is left, and pages are short beside such lists: few turns. A short list might take many, so it is walked.
    let at = random.integer(candidates.length);
    for (let turn = 0; turn < 64 && taken.has(candidates[at]!); turn++) at = random.integer(candidates.length);
    while (taken.has(candidates[at]!)) at = (at + 1) % candidates.length;
    return candidates[at]!;
  }
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

/** Place of a candidate in a list by rising number, or -1; by bisection. */
function placeByNumber(candidates: readonly Candidate[], candidate: Candidate): number {
  let low = 0;
  let high = candidates.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (candidates[middle]!.number < candidate.number) low = middle + 1;
    else high = middle;
  }
  return candidates[low] === candidate ? low : -1;
}

function sumOf(weights: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < weights.length; at++) sum += weights[at]!;
  return sum;
}
