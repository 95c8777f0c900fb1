import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { logistic } from '../../base/portable-math.ts';
import { createRandom } from '../../base/random.ts';
import type { LabelledScores } from './labelled-scores.ts';

/** What scikit-learn, SciPy and betacal computed (bench/calibration/make_goldens.py). */
export interface Golden {
  readonly examples: Record<'logits' | 'probabilities' | 'labels' | 'weights', readonly number[]>;
  readonly platt: Record<'plain' | 'weighted', { readonly slope: number; readonly intercept: number }>;
  readonly temperature: Record<'plain' | 'weighted', number>;
  readonly softmax: {
    readonly logits: readonly number[];
    readonly labels: readonly number[];
    readonly weights: readonly number[];
    readonly temperature: number;
    readonly logLoss: number;
  };
  readonly isotonic: Record<'grid' | 'plain' | 'weighted', readonly number[]>;
  readonly beta: Record<'scores' | 'abm' | 'am' | 'ab' | 'weighted', readonly number[]> & {
    readonly lopsided: Record<'scores' | 'labels' | 'abc', readonly number[]>;
  };
  readonly measures: Record<'probabilities' | 'labels', readonly number[]> &
    Record<'ece' | 'debiasedEce' | 'debiasedSquare' | 'mce' | 'logLoss' | 'brier', number> & {
      readonly curves: Record<'uniform' | 'quantile', Record<'meanLabel' | 'meanProbability', readonly number[]>>;
    };
  readonly permutations: Readonly<Record<string, readonly number[]>>;
}

/** The goldens. */
export const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'goldens', 'calibration.json'), 'utf8')) as Golden;

/** The goldens' examples. */
export function goldenExamples(input: 'logit' | 'probability', weighted: boolean): LabelledScores {
  const { logits, probabilities, labels, weights } = golden.examples;
  return {
    scores: Float64Array.from(input === 'logit' ? logits : probabilities),
    input,
    labels: Uint8Array.from(labels),
    ...(weighted ? { weights: Float64Array.from(weights) } : {}),
  };
}

/** Any valid examples: few values, so that ties and extremes are frequent; weights with zeros. */
export function anyExamples(input: 'logit' | 'probability', maxLength = 30): fc.Arbitrary<LabelledScores> {
  const score =
    input === 'logit'
      ? fc.oneof(fc.integer({ min: -6, max: 6 }), fc.double({ min: -40, max: 40, noNaN: true }))
      : fc.oneof(
          fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
          fc.double({ min: 0, max: 1, noNaN: true }),
        );
  const example = fc.record({ score, label: fc.integer({ min: 0, max: 1 }), weight: fc.integer({ min: 0, max: 4 }) });
  return fc
    .array(example, { minLength: 1, maxLength })
    .filter((examples) => examples.some(({ weight }) => weight > 0))
    .map((examples) => ({
      scores: Float64Array.from(examples, ({ score }) => score),
      input,
      labels: Uint8Array.from(examples, ({ label }) => label),
      weights: Float64Array.from(examples, ({ weight }) => weight),
    }));
}

/** The same examples, each as often as its whole weight says. */
export function asCopies({ scores, input, labels, weights }: LabelledScores): LabelledScores {
  const places = Array.from(weights!).flatMap((weight, at) => new Array<number>(weight).fill(at));
  return { scores: Float64Array.from(places, (at) => scores[at]!), input, labels: Uint8Array.from(places, (at) => labels[at]!) };
}

/**
 * Draws examples of which the truth is known: log-odds z about `centre`, the label true with probability `chance(z)`.
 */
export function drawExamples(
  count: number,
  seed: number | string,
  chance: (logit: number) => number = logistic,
  centre = 0,
): LabelledScores & { readonly labels: Uint8Array; readonly scores: Float64Array } {
  const random = createRandom(seed, 'examples');
  const scores = new Float64Array(count);
  const labels = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    scores[at] = centre + 1.5 * random.normal();
    labels[at] = random.next() < chance(scores[at]!) ? 1 : 0;
  }
  return { scores, input: 'logit', labels };
}
