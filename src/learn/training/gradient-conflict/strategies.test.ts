import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../../base/random.ts';
import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import { alignedMtl } from './aligned-mtl.ts';
import { caGrad } from './cagrad.ts';
import { gradVac } from './gradvac.ts';
import { imtlG } from './imtl-g.ts';
import { mgda } from './mgda.ts';
import { nashMtl } from './nash-mtl.ts';
import { pcGrad } from './pcgrad.ts';
import { plainMean, plainSum } from './plain-sum.ts';
import { gradientStrategySchema, makeGradientStrategy } from './strategy-config.ts';

type Matrix = readonly (readonly number[])[];

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, value, at) => total + value * b[at]!, 0);
const norm = (a: readonly number[]) => Math.sqrt(dot(a, a));
const gramOf = (gradients: Matrix) => Float64Array.from(gradients.flatMap((a) => gradients.map((b) => dot(a, b))));
const combine = (weights: ArrayLike<number>, gradients: Matrix) =>
  gradients[0]!.map((_, at) => gradients.reduce((total, gradient, task) => total + weights[task]! * gradient[at]!, 0));

/** A stream whose shuffles give these orders, one after another. */
function ordersOf(orders: readonly (readonly number[])[]): Random {
  let next = 0;
  return {
    ...createRandom(1),
    shuffle(array) {
      orders[next++]!.forEach((task, at) => (array[at] = task));
    },
  };
}

function directionOf(strategy: GradientStrategy, gradients: Matrix, random: Random = createRandom(3)): number[] {
  const tasks = gradients.length;
  const { weights } = strategy.decide({ gram: gramOf(gradients), tasks, state: strategy.initialState(tasks), random });
  return combine(weights, gradients);
}

const byName: Record<string, () => GradientStrategy> = {
  sum: plainSum,
  mean: plainMean,
  pcgrad: pcGrad,
  mgda,
  'cagrad .2': () => caGrad({ c: 0.2 }),
  'cagrad .5': () => caGrad(),
  'cagrad .9': () => caGrad({ c: 0.9 }),
  'aligned-mtl min': () => alignedMtl(),
  'aligned-mtl median': () => alignedMtl({ scale: 'median' }),
  'aligned-mtl rmse': () => alignedMtl({ scale: 'rmse' }),
  'imtl-g': imtlG,
  'nash-mtl': nashMtl,
};

interface Golden {
  readonly name: string;
  readonly gradients: Matrix;
  readonly orders: readonly (readonly number[])[];
  readonly directions: Readonly<Record<string, readonly number[]>>;
  readonly gradvac: { readonly beta: number; readonly target: number; readonly directions: Matrix };
}
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, 'goldens', 'strategies.json'), 'utf8')) as Golden[];
/** Of the longest gradient: what the references themselves are good for. */
const tolerances: Readonly<Record<string, number>> = {
  'nash-mtl': 2e-5,
  mgda: 1e-7,
  'cagrad .2': 1e-6,
  'cagrad .5': 1e-6,
  'cagrad .9': 1e-6,
};

function expectNear(found: readonly number[], wanted: readonly number[], gradients: Matrix, tolerance: number): void {
  const scale = Math.max(...gradients.map(norm));
  found.forEach((value, at) =>
    expect(Math.abs(value - wanted[at]!), `${value} at ${at}, not ${wanted[at]}`).toBeLessThanOrEqual(tolerance * scale),
  );
}

describe('directions are those of the papers’ equations, computed by PyTorch over whole gradients', () => {
  it.each(
    goldens.flatMap(({ directions, ...golden }) => Object.keys(directions).map((rule) => ({ rule, wanted: directions[rule]!, ...golden }))),
  )('$rule: $name', ({ rule, wanted, gradients, orders }) => {
    // Where a task has no gradient, the rule sees the others, numbered anew.
    const active = gradients.flatMap((row, task) => (norm(row) > 0 ? [task] : []));
    const seen = active.map((task) => orders[task]!.map((other) => active.indexOf(other)));
    expectNear(directionOf(byName[rule]!(), gradients, ordersOf(seen)), wanted, gradients, tolerances[rule] ?? 1e-8);
  });

  it.each(goldens.filter(({ gradvac }) => gradvac.directions.length > 0))(
    'gradvac over three steps: $name',
    ({ gradients, orders, gradvac }) => {
      const strategy = gradVac({ beta: gradvac.beta });
      const tasks = gradients.length;
      let state = strategy.initialState(tasks);
      for (const wanted of gradvac.directions) {
        const decision = strategy.decide({ gram: gramOf(gradients), tasks, state, random: ordersOf(orders) });
        expectNear(combine(decision.weights, gradients), wanted, gradients, 1e-6);
        const lifted = [...decision.state];
        lifted[tasks - 1] = gradvac.target;
        state = lifted;
      }
    },
  );
});

/** Gradients of up to five tasks: of all lengths, and often equal, opposite, or zero. */
const anyGradients: fc.Arbitrary<Matrix> = fc
  .record({
    rows: fc.array(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
    exponents: fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 5, maxLength: 5 }),
    same: fc.boolean(),
  })
  .map(({ rows, exponents, same }) => rows.map((row, task) => row.map((value) => value * 10 ** (same ? 0 : exponents[task]!))));
const nonZero = anyGradients.filter((rows) => rows.every((row) => norm(row) > 0));
const all = gradientStrategySchema.options.map((option) =>
  makeGradientStrategy(gradientStrategySchema.parse({ kind: option.shape.kind.value })),
);
const slackOf = (rows: Matrix) => Math.max(...rows.map(norm));

describe('every strategy', () => {
  it.each(all)('$name gives finite factors, bounded directions, and the same ones again', (strategy) => {
    fc.assert(
      fc.property(anyGradients, fc.integer({ min: 0, max: 1000 }), (rows, seed) => {
        const tasks = rows.length;
        // Rounded to float32, as the engine's inner products are.
        const gram = gramOf(rows).map(Math.fround);
        let state = strategy.initialState(tasks);
        for (let step = 0; step < 3; step++) {
          const decide = () => strategy.decide({ gram, tasks, state, random: createRandom(seed, step) });
          const { weights, state: after } = decide();
          expect(weights.length).toBe(tasks);
          expect([...weights].every(Number.isFinite)).toBe(true);
          expect(decide()).toEqual({ weights, state: after });
          expect(JSON.parse(JSON.stringify(after))).toEqual([...after]);
          state = after;
        }
      }),
    );
  });

  it.each(all.filter(({ name }) => name !== 'mean'))(
    '$name leaves one task, and orthogonal tasks of one length, as they are',
    (strategy) => {
      for (const length of [1e-8, 1, 1e8]) {
        expect(directionOf(strategy, [[0, length]])).toEqual([0, length]);
        directionOf(strategy, [
          [length, 0, 0],
          [0, length, 0],
          [0, 0, length],
        ]).forEach((value) => expect(value / length).toBeCloseTo(1, 5));
      }
    },
  );

  it.each(all.filter(({ name }) => name !== 'mean' && name !== 'gradvac'))(
    '$name does not see a task whose gradient is zero',
    (strategy) => {
      fc.assert(
        fc.property(nonZero, (rows) => {
          const wanted = directionOf(strategy, rows);
          const found = directionOf(strategy, [rows[0]!, rows[0]!.map(() => 0), ...rows.slice(1)]);
          found.forEach((value, at) => expect(Math.abs(value - wanted[at]!)).toBeLessThanOrEqual(1e-12 * slackOf(rows)));
        }),
      );
    },
  );

  it.each(all.filter(({ name }) => name !== 'gradvac'))('$name: gradients of k times the length give k times the direction', (strategy) => {
    fc.assert(
      fc.property(nonZero, fc.integer({ min: -20, max: 20 }), (rows, power) => {
        const factor = 2 ** power;
        const scaled = directionOf(
          strategy,
          rows.map((row) => row.map((value) => value * factor)),
        );
        directionOf(strategy, rows).forEach((value, at) =>
          expect(Math.abs(scaled[at]! / factor - value)).toBeLessThanOrEqual(1e-6 * slackOf(rows)),
        );
      }),
    );
  });
});

describe('a strategy keeps what its paper promises', () => {
  it('MGDA: no gradient points against the direction, and each has at least its square', () => {
    fc.assert(
      fc.property(nonZero, (rows) => {
        const shortest = directionOf(mgda(), rows).map((value) => value / rows.length);
        for (const row of rows) expect(dot(row, shortest)).toBeGreaterThanOrEqual(dot(shortest, shortest) - 1e-9 * slackOf(rows) ** 2);
      }),
    );
  });

  it('PCGrad and GradVac at first: gradients that do not conflict are added as they are', () => {
    fc.assert(
      fc.property(nonZero, (rows) => {
        const positive = rows.map((row) => row.map(Math.abs));
        const plain = combine(new Array(rows.length).fill(1), positive);
        expect(directionOf(pcGrad(), positive)).toEqual(plain);
        expect(directionOf(gradVac(), positive)).toEqual(plain);
      }),
    );
  });

  it('PCGrad: of two tasks in conflict, neither is worse off', () => {
    fc.assert(
      fc.property(nonZero, (rows) => {
        const [a, b] = [rows[0]!, rows.at(-1)!];
        const direction = directionOf(pcGrad(), [a, b]);
        for (const row of [a, b]) expect(dot(row, direction)).toBeGreaterThanOrEqual(-1e-9 * slackOf([a, b]) ** 2);
      }),
    );
  });

  it('CAGrad: with c = 0 the plain sum; else within c of the mean, and better for the worst task than any other such direction', () => {
    fc.assert(
      fc.property(nonZero, fc.double({ min: 0.01, max: 0.95, noNaN: true }), fc.integer({ min: 0, max: 99 }), (rows, c, seed) => {
        const tasks = rows.length;
        expect(directionOf(caGrad({ c: 0 }), rows)).toEqual(combine(new Array(tasks).fill(1), rows));
        if (tasks === 1) return;
        const mean = combine(new Array(tasks).fill(1 / tasks), rows);
        const direction = directionOf(caGrad({ c }), rows).map((value) => (value * (1 + c)) / tasks);
        const away = norm(direction.map((value, at) => value - mean[at]!));
        expect(away).toBeLessThanOrEqual(c * norm(mean) * (1 + 1e-9) + 1e-12);
        const worst = (candidate: readonly number[]) => Math.min(...rows.map((row) => dot(row, candidate)));
        const random = createRandom(seed);
        for (let trial = 0; trial < 20; trial++) {
          const step = mean.map(() => random.normal());
          const length = (c * norm(mean) * random.next()) / norm(step);
          const candidate = mean.map((value, at) => value + step[at]! * length);
          expect(worst(direction)).toBeGreaterThanOrEqual(worst(candidate) - 2e-4 * slackOf(rows) * norm(mean));
        }
      }),
    );
  });

  it('Aligned-MTL: independent gradients become orthogonal and of one length, the smallest singular value', () => {
    fc.assert(
      fc.property(
        nonZero.filter((rows) => rows.length > 1),
        (rows) => {
          const two = [rows[0]!.map((v) => v / norm(rows[0]!)), rows[1]!.map((v) => v / norm(rows[1]!))];
          const cosine = dot(two[0]!, two[1]!);
          fc.pre(Math.abs(cosine) < 0.999);
          // Two unit vectors: singular values √(1 ± |cos|); the aligned sum has length √2 of the smaller.
          const direction = directionOf(alignedMtl(), two);
          expect(norm(direction)).toBeCloseTo(Math.SQRT2 * Math.sqrt(1 - Math.abs(cosine)), 9);
          // It favours neither.
          expect(dot(direction, two[0]!)).toBeCloseTo(dot(direction, two[1]!), 9);
        },
      ),
    );
  });

  it('IMTL-G: projections on all gradients are equal, or where that cannot be, their lengths', () => {
    fc.assert(
      fc.property(
        nonZero.filter((rows) => rows.length > 1),
        (rows) => {
          const { weights } = imtlG().decide({ gram: gramOf(rows), tasks: rows.length, state: [], random: createRandom(1) });
          const lengths = rows.map((row, task) => weights[task]! * norm(row));
          const direction = combine(weights, rows);
          const projections = rows.map((row) => dot(row, direction) / norm(row));
          const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
          const scale = Math.max(...lengths.map(Math.abs));
          expect(Math.min(spread(projections), spread(lengths))).toBeLessThanOrEqual(2e-3 * scale);
        },
      ),
    );
  });

  it('Nash-MTL: lengths of gradients change lengths of factors alone', () => {
    fc.assert(
      fc.property(nonZero, fc.integer({ min: 1, max: 1000 }), (rows, factor) => {
        const tasks = rows.length;
        const decide = (gradients: Matrix) => {
          const { weights } = nashMtl().decide({ gram: gramOf(gradients), tasks, state: [], random: createRandom(1) });
          const scaled = [...weights].map((weight, task) => weight * norm(gradients[task]!));
          return scaled.map((value) => value / Math.max(...scaled));
        };
        const longer = rows.map((row, task) => (task === 0 ? row.map((value) => value * factor) : row));
        decide(longer).forEach((value, task) => expect(value).toBeCloseTo(decide(rows)[task]!, 6));
      }),
    );
  });
});
