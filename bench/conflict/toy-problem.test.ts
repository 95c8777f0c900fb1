import { expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { gradients } from '../../src/learn/tensor/gradient.ts';
import { parameterLayout } from '../../src/learn/tensor/parameters.ts';
import { compileProgram } from '../../src/learn/tensor/program.ts';
import { caGrad } from '../../src/learn/training/gradient-conflict/cagrad.ts';
import { plainSum } from '../../src/learn/training/gradient-conflict/plain-sum.ts';
import { contourSegments } from './contour-lines.ts';
import { engineDistance } from './engine-check.ts';
import { distanceToFront, paretoSet } from './pareto-front.ts';
import { toyGradients } from './toy-gradients.ts';
import { toyLosses, toyValues } from './toy-problem.ts';

it('the problem as a graph, in plain numbers, and its gradients by hand are one', async () => {
  const { first, second } = toyLosses([0, 0]);
  const { tensor } = parameterLayout([first]).slots[0]!;
  const [ofFirst, ofSecond] = [gradients(first, [tensor])[0]!, gradients(second, [tensor])[0]!];
  const program = await compileProgram({ first, second, ofFirst, ofSecond });
  const random = createRandom(1, 'points');
  const found = new Float64Array(4);
  for (let trial = 0; trial < 200; trial++) {
    // The start at the kink of both factors first.
    const x = Float32Array.of(trial === 0 ? 0 : random.next() * 22 - 11, trial === 0 ? 0 : random.next() * 22 - 11);
    const values = await program.run({ x: { data: x, shape: [2] } });
    toyValues(x[0]!, x[1]!).forEach((value, at) => expect(values[at === 0 ? 'first' : 'second']!.data[0]).toBeCloseTo(value, 3));
    toyGradients(x[0]!, x[1]!, found);
    const graph = [...(values['ofFirst']!.data as Float32Array), ...(values['ofSecond']!.data as Float32Array)];
    graph.forEach((value, at) => expect(Math.abs(value - found[at]!)).toBeLessThanOrEqual(1e-3 * Math.max(1, Math.abs(value))));
  }
  await program.close();
});

it('on the Pareto set the two gradients are opposite, and nowhere near it are both losses lower', () => {
  const found = new Float64Array(4);
  for (const [x1, x2] of paretoSet.slice(1, -1)) {
    toyGradients(x1, x2, found);
    const [a, b, c, d] = found as unknown as [number, number, number, number];
    expect((a * c + b * d) / (Math.hypot(a, b) * Math.hypot(c, d))).toBeCloseTo(-1, 5);
    const [first, second] = toyValues(x1, x2);
    for (let angle = 0; angle < 12; angle++) {
      const near = toyValues(x1 + 0.05 * Math.cos(angle / 2), x2 + 0.05 * Math.sin(angle / 2));
      expect(near[0] < first - 1e-9 && near[1] < second - 1e-9).toBe(false);
    }
  }
});

it('distance is measured to the nearest point of the set', () => {
  expect(distanceToFront([0, -8.3552])).toBeLessThan(1e-3);
  expect(distanceToFront([0, 0])).toBeCloseTo(8.355, 2);
  expect(distanceToFront([10, -8.4345])).toBeCloseTo(3, 3);
});

it('the engine takes the steps of the plain numbers', async () => {
  expect(await engineDistance(plainSum(), [9, 9], 50, [0.5, 0.5], 1)).toBeLessThan(1e-4);
  expect(await engineDistance(caGrad(), [-8.5, 7.5], 50, [0.1, 1], 1)).toBeLessThan(1e-4);
});

it('contours of a circle lie on the circle', () => {
  const segments = contourSegments((x1, x2) => Math.hypot(x1, x2), 2, 60, 1);
  expect(segments.length).toBeGreaterThan(50);
  for (const [x1, x2] of segments.flat()) expect(Math.hypot(x1, x2)).toBeCloseTo(1, 2);
});
