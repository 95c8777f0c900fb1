import { PLACES, type GeneratedLists } from './generated-lists.ts';

/** What a scorer is worth on lists. */
export interface ListFigures {
  /** Mean over lists with a positive; gain 2^y − 1. */
  readonly ndcg10: number;
  /** Of clicks, over all impressions together. */
  readonly auc: number;
  /** Of clicks, within lists that hold both, weighted by their places. */
  readonly groupAuc: number;
  /** Expected calibration error of σ(score), 15 bins of equal width. */
  readonly ece: number;
  /** The same after a scale and an offset fitted to the validation lists (Platt). */
  readonly ecePlatt: number;
  /** Mean −log probability of what happened, after the same fit: lower where probabilities also tell impressions apart. */
  readonly logLossPlatt: number;
}

/** Figures of scores `[count, PLACES]` on lists; the scale and offset come from validation lists and their scores. */
export function listFigures(
  lists: GeneratedLists,
  scores: Float32Array,
  validation: GeneratedLists,
  ofValidation: Float32Array,
): ListFigures {
  const test = impressions(lists, scores);
  const held = impressions(validation, ofValidation);
  const [scale, offset] = plattFit(held.scores, held.clicks);
  const calibrated = test.scores.map((score) => scale * score + offset);
  return {
    ndcg10: meanNdcg(lists, scores, 10),
    auc: areaUnderCurve(test.scores, test.clicks),
    groupAuc: meanGroupAuc(lists, scores),
    ece: calibrationError(test.scores, test.clicks),
    ecePlatt: calibrationError(calibrated, test.clicks),
    logLossPlatt: logLoss(calibrated, test.clicks),
  };
}

/** Mean NDCG@k over the lists with a positive; of equal scores the earlier place ranks first. */
export function meanNdcg({ count, labels, mask }: GeneratedLists, scores: Float32Array, cutoff: number): number {
  let total = 0;
  let counted = 0;
  const dcg = (ranked: readonly number[]) =>
    ranked.slice(0, cutoff).reduce((sum, label, at) => sum + (2 ** label - 1) / Math.log2(at + 2), 0);
  for (let list = 0; list < count; list++) {
    const places = placesOf(mask, list);
    const ideal = dcg(places.map((place) => labels[place]!).sort((a, b) => b - a));
    if (ideal === 0) continue;
    total += dcg([...places].sort((a, b) => scores[b]! - scores[a]! || a - b).map((place) => labels[place]!)) / ideal;
    counted++;
  }
  return total / counted;
}

/** The chance that a clicked one scores above another, ties counted half; NaN where one kind is missing. */
export function areaUnderCurve(scores: readonly number[], clicks: readonly number[]): number {
  const order = scores.map((_, at) => at).sort((a, b) => scores[a]! - scores[b]!);
  let [before, wins, clicked] = [0, 0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    let ones = 0;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) ones += clicks[order[end++]!]!;
    const others = end - start - ones;
    wins += ones * (before + others / 2);
    before += others;
    clicked += ones;
    start = end;
  }
  return wins / (clicked * before);
}

/** Σ over bins of share · |mean probability − rate of clicks|, 15 bins of equal width. */
export function calibrationError(logits: readonly number[], clicks: readonly number[], bins = 15): number {
  const [predicted, observed] = [new Float64Array(bins), new Float64Array(bins)];
  logits.forEach((logit, at) => {
    const probability = 1 / (1 + Math.exp(-logit));
    const bin = Math.min(bins - 1, Math.floor(probability * bins));
    predicted[bin]! += probability;
    observed[bin]! += clicks[at]!;
  });
  return predicted.reduce((total, sum, bin) => total + Math.abs(sum - observed[bin]!), 0) / logits.length;
}

/** Mean of −log σ(logit) for a click and −log(1 − σ(logit)) for none. */
export function logLoss(logits: readonly number[], clicks: readonly number[]): number {
  const total = logits.reduce(
    (sum, logit, at) => sum + Math.max(logit, 0) - logit * clicks[at]! + Math.log1p(Math.exp(-Math.abs(logit))),
    0,
  );
  return total / logits.length;
}

/** Scale and offset of the likeliest σ(scale · score + offset): Newton's method on scores brought to unit deviation. */
export function plattFit(scores: readonly number[], clicks: readonly number[]): [scale: number, offset: number] {
  const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
  const deviation = Math.sqrt(scores.reduce((total, score) => total + (score - mean) ** 2, 0) / scores.length) || 1;
  let [slope, level] = [0, 0];
  for (let step = 0; step < 50; step++) {
    // A little ridge keeps the step finite where the classes are apart.
    let [toSlope, toLevel, ss, sl, ll] = [1e-6 * slope, 0, 1e-6, 0, 1e-6];
    scores.forEach((score, at) => {
      const x = (score - mean) / deviation;
      const probability = 1 / (1 + Math.exp(-slope * x - level));
      const weight = probability * (1 - probability);
      toSlope += (probability - clicks[at]!) * x;
      toLevel += probability - clicks[at]!;
      ss += weight * x * x;
      sl += weight * x;
      ll += weight;
    });
    const determinant = ss * ll - sl * sl;
    const [bySlope, byLevel] = [(ll * toSlope - sl * toLevel) / determinant, (ss * toLevel - sl * toSlope) / determinant];
    slope -= bySlope;
    level -= byLevel;
    if (Math.abs(bySlope) + Math.abs(byLevel) < 1e-9) break;
  }
  return [slope / deviation, level - (slope * mean) / deviation];
}

function meanGroupAuc({ count, labels, mask }: GeneratedLists, scores: Float32Array): number {
  let [total, weight] = [0, 0];
  for (let list = 0; list < count; list++) {
    const places = placesOf(mask, list);
    const clicks = places.map((place) => Math.min(1, labels[place]!));
    const clicked = clicks.reduce((a, b) => a + b, 0);
    if (clicked === 0 || clicked === places.length) continue;
    total +=
      places.length *
      areaUnderCurve(
        places.map((place) => scores[place]!),
        clicks,
      );
    weight += places.length;
  }
  return total / weight;
}

function impressions({ count, labels, mask }: GeneratedLists, scores: Float32Array): { scores: number[]; clicks: number[] } {
  const places = Array.from({ length: count }, (_, list) => placesOf(mask, list)).flat();
  return { scores: places.map((place) => scores[place]!), clicks: places.map((place) => Math.min(1, labels[place]!)) };
}

function placesOf(mask: Float32Array, list: number): number[] {
  const places: number[] = [];
  for (let place = list * PLACES; place < (list + 1) * PLACES; place++) if (mask[place] === 1) places.push(place);
  return places;
}
