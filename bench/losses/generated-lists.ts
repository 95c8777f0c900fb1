import { createRandom } from '../../src/base/random.ts';

/** How many lists of which labels. */
export interface GeneratedListsOptions {
  readonly seed: number;
  readonly count: number;
  /** Names the draw: `train`, `test` … share the truth of a seed and nothing else. */
  readonly part: string;
  /** Highest grade: 1 for clicks, 3 for grades. */
  readonly grades: number;
  /** Standard deviation of an effect on a whole list that no feature shows (who looks, and in what mood). */
  readonly hiddenEffect: number;
}

/** Impression lists, padded to {@link PLACES} places. */
export interface GeneratedLists {
  readonly count: number;
  /** `[count, PLACES, FEATURES]`: features of the place, then those of its list. */
  readonly features: Float32Array;
  /** `[count, PLACES]`. */
  readonly labels: Float32Array;
  /** `[count, PLACES]`. */
  readonly mask: Float32Array;
  /** Log-odds of a click given all features, `[count, PLACES]`: no scorer that reads features can do better. */
  readonly truth: Float32Array;
}

export const PLACES = 20;
const SHORTEST = 5;
const OF_PLACE = 12;
const OF_LIST = 4;
export const FEATURES = OF_PLACE + OF_LIST;

/** The process, for the protocol. */
export const PROCESS =
  `lists of ${SHORTEST} to ${PLACES} places, ${OF_PLACE} normal features a place and ${OF_LIST} a list; ` +
  'utility u = a·x + sin(2x₁)x₂ + 0.6 c₁x₃ + 1.5 (g·c) − 1.5 + h with a, g drawn by the seed (|a| = 1.2, |g| = 1) and h normal, ' +
  'one for a list, in no feature; grade = how many of the thresholds 0, 1.5, 3 lie below u + logistic noise (clicks: the first only); ' +
  'relevance knows no position; click = grade ≥ 1';

/** Draws lists of the process. One seed, one part, one result. */
export function generateLists({ seed, count, part, grades, hiddenEffect }: GeneratedListsOptions): GeneratedLists {
  const process = createRandom(seed, 'truth');
  const direction = (size: number, length: number) => {
    const values = Array.from({ length: size }, () => process.normal());
    const norm = Math.hypot(...values);
    return values.map((value) => (length * value) / norm);
  };
  const ofPlace = direction(OF_PLACE, 1.2);
  const ofList = direction(OF_LIST, 1);
  const random = createRandom(seed, 'lists', part);
  const features = new Float32Array(count * PLACES * FEATURES);
  const [labels, mask, truth] = [new Float32Array(count * PLACES), new Float32Array(count * PLACES), new Float32Array(count * PLACES)];
  for (let list = 0; list < count; list++) {
    const length = SHORTEST + random.integer(PLACES - SHORTEST + 1);
    const context = ofList.map(() => random.normal());
    const base = 1.5 * ofList.reduce((total, weight, at) => total + weight * context[at]!, 0) - 1.5;
    const hidden = hiddenEffect * random.normal();
    for (let place = 0; place < length; place++) {
      const at = list * PLACES + place;
      const x = ofPlace.map(() => random.normal());
      const linear = ofPlace.reduce((total, weight, index) => total + weight * x[index]!, 0);
      const u = linear + Math.sin(2 * x[0]!) * x[1]! + 0.6 * context[0]! * x[2]! + base;
      const noise = random.next();
      const noisy = u + hidden + Math.log((noise + 1e-9) / (1 - noise + 1e-9));
      features.set([...x, ...context], at * FEATURES);
      mask[at] = 1;
      truth[at] = marginalLogit(u, hiddenEffect);
      labels[at] = [0, 1.5, 3].slice(0, grades).filter((threshold) => noisy > threshold).length;
    }
  }
  return { count, features, labels, mask, truth };
}

/** The log-odds of a click at u when the hidden effect is averaged out: the trapezoid rule over ±5 deviations. */
function marginalLogit(u: number, hiddenEffect: number): number {
  if (hiddenEffect === 0) return u;
  let [total, weights] = [0, 0];
  for (let z = -5; z <= 5; z += 0.25) {
    const weight = Math.exp((-z * z) / 2);
    total += weight / (1 + Math.exp(-u - hiddenEffect * z));
    weights += weight;
  }
  return Math.log(total / (weights - total));
}
