import { constant, parameter } from '../../src/learn/tensor/leaf.ts';
import { add, divide, maximum, multiply, subtract } from '../../src/learn/tensor/operators/binary.ts';
import { reshape, slice } from '../../src/learn/tensor/operators/shape.ts';
import { absolute, log, square, tanh } from '../../src/learn/tensor/operators/unary.ts';
import type { Tensor } from '../../src/learn/tensor/tensor.ts';

/** Keeps the logarithms finite on the two curves where their argument is 0. */
export const floor = 5e-6;

/** The five starting points of Navon et al. (ICML 2022) and Senushkin et al. (CVPR 2023). */
export const starts: readonly (readonly [number, number])[] = [
  [-8.5, 7.5],
  [0, 0],
  [9, 9],
  [-7.5, -0.5],
  [9, -1],
];

/**
 * The two-task problem in two parameters of CAGrad (Liu et al., NeurIPS 2021, appendix): for x₂ > 0 each loss is a
 * logarithmic canyon along a curve of its own, for x₂ < 0 a bowl; the tasks' gradients differ in direction and, near the
 * canyons, in length by orders of magnitude.
 *
 *     L₁ = c₁ f₁ + c₂ g₁                               L₂ = c₁ f₂ + c₂ g₂
 *     f₁ = log max(|½(−x₁ − 7) − tanh(−x₂)|, 5e−6) + 6     f₂ = log max(|½(−x₁ + 3) + tanh(−x₂) + 2|, 5e−6) + 6
 *     g₁ = ((−x₁ + 7)² + (−x₂ − 8)² / 10) / 10 − 20        g₂ = ((−x₁ − 7)² + (−x₂ − 8)² / 10) / 10 − 20
 *     c₁ = max(tanh(x₂ / 2), 0)                        c₂ = max(tanh(−x₂ / 2), 0)
 */
export function toyLosses(start: readonly [number, number]): Record<'first' | 'second', Tensor> {
  const x = parameter('x', [2], () => Float32Array.from(start));
  const [x1, x2] = [reshape(slice(x, 0, 0, 1), []), reshape(slice(x, 0, 1, 2), [])];
  const number = (value: number) => constant(value);
  const minusTanh = tanh(subtract(number(0), x2));
  const canyon = (argument: Tensor) => add(log(maximum(absolute(argument), number(floor))), number(6));
  const f1 = canyon(subtract(multiply(number(0.5), subtract(number(-7), x1)), minusTanh));
  const f2 = canyon(add(add(multiply(number(0.5), subtract(number(3), x1)), minusTanh), number(2)));
  const bowl = (center: number) =>
    subtract(
      divide(add(square(subtract(number(center), x1)), multiply(number(0.1), square(subtract(number(-8), x2)))), number(10)),
      number(20),
    );
  // At 0 the slope is taken from above, as PyTorch's clamp does: else the start (0, 0) would be at rest.
  const positive = (value: Tensor) => maximum(value, number(0));
  const c1 = positive(tanh(multiply(x2, number(0.5))));
  const c2 = positive(tanh(multiply(x2, number(-0.5))));
  const loss = (f: Tensor, g: Tensor) => add(multiply(f, c1), multiply(g, c2));
  return { first: loss(f1, bowl(7)), second: loss(f2, bowl(-7)) };
}

/** The same in plain numbers, for contours and the front. */
export function toyValues(x1: number, x2: number): readonly [number, number] {
  const canyon = (argument: number) => Math.log(Math.max(Math.abs(argument), floor)) + 6;
  const bowl = (center: number) => ((center - x1) ** 2 + 0.1 * (-x2 - 8) ** 2) / 10 - 20;
  const [c1, c2] = [Math.max(Math.tanh(x2 * 0.5), 0), Math.max(Math.tanh(-x2 * 0.5), 0)];
  const f1 = canyon(0.5 * (-x1 - 7) - Math.tanh(-x2));
  const f2 = canyon(0.5 * (-x1 + 3) + Math.tanh(-x2) + 2);
  return [f1 * c1 + bowl(7) * c2, f2 * c1 + bowl(-7) * c2];
}
