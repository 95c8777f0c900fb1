import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupedAreaUnderCurve } from '../../learn/evaluation/binary/grouped-area-under-curve.ts';
import { areaUnderCurve } from '../../learn/evaluation/binary/area-under-curve.ts';
import { logLoss } from '../../learn/evaluation/binary/log-loss.ts';
import { normalisedEntropy } from '../../learn/evaluation/binary/normalised-entropy.ts';
import { measureCalibration } from '../calibration/measure-calibration.ts';
import { areaEvaluator, groupedAreaEvaluator } from './area-evaluators.ts';
import { binOf, equalMassEdges } from '../calibration/bin-edges.ts';
import { debiasedCalibrationError } from '../calibration/expected-calibration-error.ts';
import { calibrationEvaluator } from './calibration-evaluator.ts';
import { orderByScore, type CellData } from './cell-data.ts';
import { entropyEvaluator } from './entropy-evaluator.ts';
import type { ComparedMetric, Evaluator } from './evaluator.ts';
import { gainEvaluator } from './gain-evaluator.ts';

const USERS = 4;

/** Few scores, so that ties are frequent; lists of one to five places; not all rows in the cell. */
const cells = fc
  .array(
    fc.record({
      user: fc.nat(USERS - 1),
      places: fc.array(fc.record({ score: fc.nat(6), label: fc.nat(1), late: fc.nat(3), isIn: fc.nat(9) }), { minLength: 1, maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((lists) => {
    const flat = lists.flatMap(({ user, places }, list) => places.map((place) => ({ ...place, user, list })));
    const rows = Int32Array.from(flat.keys()).filter((row) => flat[row]!.isIn > 1);
    const scores = Float32Array.from(flat, ({ score }) => (score + 1) / 8);
    const data: CellData = {
      ...{ labels: Float32Array.from(flat, ({ label }) => label), scores, userCount: USERS, listCount: lists.length },
      ...{ users: Int32Array.from(flat, ({ user }) => user), lists: Int32Array.from(flat, ({ list }) => list), rows },
      order: orderByScore(rows, scores),
    };
    const late = Float32Array.from(flat, ({ label, late: by }) => label * (1 + by / 4));
    return { data, late };
  });
const drawn = fc.array(fc.nat(3), { minLength: USERS, maxLength: USERS }).map((draws) => Int32Array.from(draws));

function valueOf(evaluator: Evaluator, draws: Int32Array, metric: ComparedMetric): number {
  const into = new Float64Array(evaluator.metrics.length + 2).fill(7);
  evaluator.evaluate(draws, into, 1);
  expect([into[0], into.at(-1)]).toEqual([7, 7]);
  return into[1 + evaluator.metrics.indexOf(metric)]!;
}

/** The cell's rows as learn's metrics take them, each with its user's draws as weight. */
function weighted({ rows, labels, scores, users }: CellData, draws: Int32Array) {
  const of = (values: ArrayLike<number>) => Array.from(rows, (row) => values[row]!);
  return { labels: of(labels), scores: of(scores), weights: Array.from(rows, (row) => draws[users[row]!]!) };
}

/** What a function says, NaN where it says that it is not defined. */
function orNaN(value: () => number): number {
  try {
    return value();
  } catch {
    return NaN;
  }
}

function expectSame(found: number, expected: number, digits: number): void {
  if (Number.isNaN(expected)) expect(found).toBeNaN();
  else expect(found).toBeCloseTo(expected, digits);
}

const check = (test: (data: CellData, draws: Int32Array, late: Float32Array) => void) =>
  fc.assert(fc.property(cells, drawn, ({ data, late }, draws) => test(data, draws, late)));

describe('against the plain metrics, users weighing as often as they were drawn', () => {
  it('AUC', () => {
    check((data, draws) => {
      expectSame(
        valueOf(areaEvaluator(data), draws, 'AUC'),
        orNaN(() => areaUnderCurve(weighted(data, draws))),
        10,
      );
    });
  });

  it('AUC of labels above 1, pair by pair: a label counts as happened, 1 − it as not', () => {
    check((binary, draws, late) => {
      const data = { ...binary, labels: late };
      let [above, positives, negatives] = [0, 0, 0];
      for (const one of data.rows) {
        positives += draws[data.users[one]!]! * late[one]!;
        negatives += draws[data.users[one]!]! * (1 - late[one]!);
        for (const other of data.rows) {
          const weight = draws[data.users[one]!]! * draws[data.users[other]!]! * late[one]! * (1 - late[other]!);
          above += weight * (data.scores[one]! > data.scores[other]! ? 1 : data.scores[one] === data.scores[other] ? 0.5 : 0);
        }
      }
      fc.pre(Math.abs(negatives) > 1e-6);
      const expected = positives > 0 && negatives > 0 ? above / (positives * negatives) : NaN;
      expectSame(valueOf(areaEvaluator(data), draws, 'AUC'), expected, 8);
    });
  });

  it.each(['user', 'list'] as const)('GAUC by %s', (by) => {
    check((data, draws) => {
      const groups = Array.from(data.rows, (row) => (by === 'user' ? data.users : data.lists)[row]!);
      const examples = weighted(data, draws);
      // A user who was not drawn is not there: groups of no weight must not be asked about.
      const isThere = examples.weights.map((weight) => weight > 0);
      const kept = <Value>(values: readonly Value[]) => values.filter((_, at) => isThere[at]);
      const expected = orNaN(
        () =>
          groupedAreaUnderCurve(
            { labels: kept(examples.labels), scores: kept(examples.scores), weights: kept(examples.weights) },
            kept(groups),
          ).value,
      );
      expectSame(valueOf(groupedAreaEvaluator(data, by), draws, `GAUC by ${by}`), expected, 10);
    });
  });

  it('log loss and normalised entropy', () => {
    check((data, draws) => {
      const examples = weighted(data, draws);
      fc.pre(examples.weights.some((weight) => weight > 0));
      expectSame(valueOf(entropyEvaluator(data), draws, 'log loss'), logLoss(examples), 10);
      expectSame(
        valueOf(entropyEvaluator(data), draws, 'normalised entropy'),
        orNaN(() => normalisedEntropy(examples)),
        10,
      );
    });
  });

  it.each(['equal-mass', 'equal-width'] as const)('ECE over bins of %s', (binning) => {
    check((data) => {
      fc.pre(data.rows.length > 0);
      const { scores, labels } = weighted(data, new Int32Array(USERS).fill(1));
      const measured = measureCalibration(
        { scores: Float64Array.from(scores), labels: Float64Array.from(labels), input: 'probability' },
        { binning, bins: 5 },
      );
      const evaluator = calibrationEvaluator(data, binning, 5);
      const once = new Int32Array(USERS).fill(1);
      if (binning === 'equal-width') expectSame(valueOf(evaluator, once, 'equal-width ECE'), measured.ece, 10);
      else {
        expectSame(valueOf(evaluator, once, 'ECE'), measured.ece, 10);
      }
    });
  });

  it('debiased ECE, with the noise of a bin as it is between users', () => {
    check((data, draws) => {
      fc.pre(data.rows.some((row) => draws[data.users[row]!]! > 0));
      const values = [...new Set(Array.from(data.order, (row) => data.scores[row]!))];
      const weights = values.map((value) => data.rows.filter((row) => data.scores[row] === value).length);
      const edges = equalMassEdges(
        { values: Float64Array.from(values), weights: Float64Array.from(weights), totalWeight: data.rows.length },
        5,
      );
      const bins = Array.from({ length: edges.length + 1 }, (_, bin) => {
        const rows = data.rows.filter((row) => binOf(edges, data.scores[row]!) === bin);
        // A user who was drawn twice is two users.
        const people = [...draws].flatMap((times, user) =>
          Array.from({ length: times }, () => [...rows.filter((row) => data.users[row] === user)]).filter((own) => own.length > 0),
        );
        const all = people.flat();
        const mean = (of: (row: number) => number) => all.reduce((sum, row) => sum + of(row), 0) / all.length;
        const [meanProbability, meanLabel] = [mean((row) => data.scores[row]!), mean((row) => data.labels[row]!)];
        const apart = people.map((own) =>
          own.reduce((sum, row) => sum + data.labels[row]! - data.scores[row]! - (meanLabel - meanProbability), 0),
        );
        const variance = ((people.length / (people.length - 1)) * apart.reduce((sum, each) => sum + each * each, 0)) / all.length ** 2;
        const effectiveCount = variance > 1e-12 && people.length > 1 ? (meanLabel * (1 - meanLabel)) / variance : all.length;
        return { weight: all.length, meanProbability, meanLabel, effectiveCount };
      }).filter(({ weight }) => weight > 0);
      expectSame(valueOf(calibrationEvaluator(data, 'equal-mass', 5), draws, 'debiased ECE'), debiasedCalibrationError(bins), 6);
    });
  });

  it('takes off more where the places of a user share their outcome, as much as for one place each', () => {
    const users = 400;
    const cellOf = (places: number): CellData => {
      const of = <Value>(value: (user: number) => Value) =>
        Array.from({ length: users * places }, (_, row) => value(Math.floor(row / places)));
      const scores = Float32Array.from(of((user) => 0.2 + 0.6 * (user / users)));
      const rows = Int32Array.from(scores.keys());
      const labels = Float32Array.from(of((user) => (((user * 7919) % users) / users < 0.2 + 0.6 * (user / users) ? 1 : 0)));
      const usersOf = Int32Array.from(of((user) => user));
      return {
        labels,
        scores,
        users: usersOf,
        userCount: users,
        lists: usersOf,
        listCount: users,
        rows,
        order: orderByScore(rows, scores),
      };
    };
    const once = new Int32Array(users).fill(1);
    const debiased = (places: number) => valueOf(calibrationEvaluator(cellOf(places), 'equal-mass', 5), once, 'debiased ECE');
    expect(debiased(9)).toBeCloseTo(debiased(1), 6);
  });

  it('ECE of a resample over the bins of the whole', () => {
    check((data, draws) => {
      fc.pre(data.rows.some((row) => draws[data.users[row]!]! > 0));
      const bins = new Map<number, { weight: number; apart: number }>();
      let total = 0;
      for (const row of data.rows) {
        const bin = Math.ceil(data.scores[row]! * 5);
        const weight = draws[data.users[row]!]!;
        const own = bins.get(bin) ?? { weight: 0, apart: 0 };
        bins.set(bin, { weight: own.weight + weight, apart: own.apart + weight * (data.labels[row]! - data.scores[row]!) });
        total += weight;
      }
      const expected = [...bins.values()].reduce((sum, { apart }) => sum + Math.abs(apart), 0) / total;
      expectSame(valueOf(calibrationEvaluator(data, 'equal-width', 5), draws, 'equal-width ECE'), expected, 10);
    });
  });

  it.each([false, true])('NDCG@2 as the mean over all orders of equal scores; graded: %s', (isGraded) => {
    check((data, draws) => {
      const gain = (row: number) => (isGraded ? 2 ** data.labels[row]! - 1 : data.labels[row]!);
      const gained = (order: readonly number[]) => order.slice(0, 2).reduce((sum, row, rank) => sum + gain(row) / Math.log2(rank + 2), 0);
      let [sum, total] = [0, 0];
      for (const list of new Set(data.lists)) {
        const rows = Array.from(data.rows).filter((row) => data.lists[row] === list);
        if (new Set(rows.map((row) => data.labels[row])).size < 2) continue;
        const orders = permutations(rows).filter((order) =>
          order.every((row, at) => at === 0 || data.scores[order[at - 1]!]! >= data.scores[row]!),
        );
        const best = gained(rows.toSorted((one, other) => gain(other) - gain(one)));
        const times = draws[data.users[rows[0]!]!]!;
        sum += (times * orders.reduce((all, order) => all + gained(order) / best, 0)) / orders.length;
        total += times;
      }
      expectSame(valueOf(gainEvaluator(data, 2, isGraded), draws, 'NDCG@2'), total > 0 ? sum / total : NaN, 10);
    });
  });
});

function permutations(rows: readonly number[]): number[][] {
  return rows.length < 2
    ? [[...rows]]
    : rows.flatMap((row) => permutations(rows.filter((other) => other !== row)).map((rest) => [row, ...rest]));
}
