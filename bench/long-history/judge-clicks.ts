import { areaUnderCurve, orderedAreaUnderCurve, orderScores } from '../../src/learn/evaluation/binary/area-under-curve.ts';
import { resampleUsers } from '../../src/learn/evaluation/bootstrap.ts';
import { percentileInterval } from '../../src/base/percentile-interval.ts';
import type { ClickData } from './click-data.ts';

/** A metric of two models on the same pages, the mean over the seeds of each. */
export interface ClickDifference {
  readonly metric: 'AUC' | 'GAUC' | 'NDCG';
  readonly far: number;
  readonly near: number;
  readonly difference: number;
  /** 95 %, users drawn with replacement, both models on the same draw. */
  readonly interval: readonly [low: number, high: number];
}

/** Places of one user's test pages, and the pages' bounds among them. */
interface UserPlaces {
  readonly places: number[];
  readonly pageEnds: number[];
}

/** Pages of some users that are judged. */
export function judgedUsers(
  { source: { pages }, labels, test }: ClickData,
  isJudged: (user: number, list: number) => boolean,
): UserPlaces[] {
  const click = labels['click']!;
  const byUser = new Map<number, UserPlaces>();
  for (const list of test) {
    const user = pages.users[list]!;
    if (!isJudged(user, list)) continue;
    let own = byUser.get(user);
    if (own === undefined) byUser.set(user, (own = { places: [], pageEnds: [] }));
    for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++)
      if (!Number.isNaN(click[place]!)) own.places.push(place);
    own.pageEnds.push(own.places.length);
  }
  return [...byUser.values()];
}

/**
 * Compares two models' probabilities, several seeds of each.
 *
 * @param far `[seeds]` of `[places]`
 */
export function compareClicks(
  users: readonly UserPlaces[],
  labels: Float32Array,
  far: readonly Float32Array[],
  near: readonly Float32Array[],
  resamples = 500,
): ClickDifference[] {
  const models = [far, near].map((runs) => runs.map((scores) => judgeRun(users, labels, scores)));
  const metrics = ['AUC', 'GAUC', 'NDCG'] as const;
  const meansOf = (weights: Int32Array) =>
    models.map((runs) => {
      const values = runs.map((run) => run(weights));
      return metrics.map((metric) => values.reduce((sum, value) => sum + value[metric], 0) / values.length);
    });
  const observed = meansOf(new Int32Array(users.length).fill(1));
  const replicates = metrics.map(() => new Float64Array(resamples));
  resampleUsers(users.length, resamples, 1, (weights, at) => {
    const [first, second] = meansOf(weights) as [number[], number[]];
    metrics.forEach((_, metric) => (replicates[metric]![at] = first[metric]! - second[metric]!));
  });
  return metrics.map((metric, at) => {
    const [one, other] = [observed[0]![at]!, observed[1]![at]!];
    return { metric, far: one, near: other, difference: one - other, interval: percentileInterval(replicates[at]!, 0.95) };
  });
}

/** All metrics of one run as a function of how often each user was drawn. GAUC and NDCG are sums over users, made once. */
function judgeRun(users: readonly UserPlaces[], labels: Float32Array, scores: Float32Array) {
  const grouped = users.map(({ places }) => {
    const own = places.map((place) => labels[place]!);
    const positives = own.reduce((sum, label) => sum + label, 0);
    const both = positives > 0 && positives < own.length;
    return {
      weight: both ? own.length : 0,
      area: both ? areaUnderCurve({ scores: places.map((place) => scores[place]!), labels: own }) : 0,
    };
  });
  const gains = users.map(({ places, pageEnds }) => gainOfPages(places, pageEnds, labels, scores));
  const all = users.flatMap(({ places }) => places);
  const owners = Int32Array.from(users.flatMap(({ places }, user) => places.map(() => user)));
  const order = orderScores(all.map((place) => scores[place]!));
  const own = Float32Array.from(all, (place) => labels[place]!);
  return (weights: Int32Array) => {
    const share = (values: readonly { readonly weight: number; readonly value: number }[]) => {
      const total = values.reduce((sum, { weight }, user) => sum + weights[user]! * weight, 0);
      return values.reduce((sum, { weight, value }, user) => sum + weights[user]! * weight * value, 0) / total;
    };
    return {
      AUC: orderedAreaUnderCurve(
        order,
        own,
        owners.map((user) => weights[user]!),
      ),
      GAUC: share(grouped.map(({ weight, area }) => ({ weight, value: area }))),
      NDCG: share(gains.map(({ pages, gain }) => ({ weight: pages, value: pages === 0 ? 0 : gain / pages }))),
    };
  };
}

/** Sum of the NDCG of the pages that have a click. */
function gainOfPages(places: readonly number[], pageEnds: readonly number[], labels: Float32Array, scores: Float32Array) {
  let [from, pages, gain] = [0, 0, 0];
  for (const end of pageEnds) {
    const page = places.slice(from, end);
    from = end;
    const discounted = (order: readonly number[]) => order.reduce((sum, place, rank) => sum + labels[place]! / Math.log2(rank + 2), 0);
    const ideal = discounted(page.toSorted((a, b) => labels[b]! - labels[a]!));
    if (ideal === 0) continue;
    pages++;
    gain += discounted(page.toSorted((a, b) => scores[b]! - scores[a]! || a - b)) / ideal;
  }
  return { pages, gain };
}
