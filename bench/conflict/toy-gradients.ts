import { floor } from './toy-problem.ts';

/**
 * The losses' gradients at a point, written out by hand: `[∂L₁/∂x₁, ∂L₁/∂x₂, ∂L₂/∂x₁, ∂L₂/∂x₂]`. A hundred thousand steps
 * take a second this way; `engine-check.ts` holds them against the engine's own.
 */
export function toyGradients(x1: number, x2: number, into: Float64Array): void {
  const minusTanh = Math.tanh(-x2);
  const slope = 1 - minusTanh * minusTanh;
  const [u1, u2] = [0.5 * (-x1 - 7) - minusTanh, 0.5 * (-x1 + 3) + minusTanh + 2];
  const [f1, f2] = [Math.log(Math.max(Math.abs(u1), floor)) + 6, Math.log(Math.max(Math.abs(u2), floor)) + 6];
  const [k1, k2] = [Math.abs(u1) >= floor ? 1 / u1 : 0, Math.abs(u2) >= floor ? 1 / u2 : 0];
  const half = Math.tanh(0.5 * x2);
  const halfSlope = 0.5 * (1 - half * half);
  const [c1, c2] = [Math.max(half, 0), Math.max(-half, 0)];
  const [d1, d2] = [half >= 0 ? halfSlope : 0, half <= 0 ? -halfSlope : 0];
  const height = (0.1 * (x2 + 8) ** 2) / 10 - 20;
  const [g1, g2] = [(7 - x1) ** 2 / 10 + height, (7 + x1) ** 2 / 10 + height];
  into[0] = c1 * k1 * -0.5 - c2 * 0.2 * (7 - x1);
  into[1] = c1 * k1 * slope + f1 * d1 + c2 * 0.02 * (x2 + 8) + g1 * d2;
  into[2] = c1 * k2 * -0.5 + c2 * 0.2 * (7 + x1);
  into[3] = c1 * k2 * -slope + f2 * d1 + c2 * 0.02 * (x2 + 8) + g2 * d2;
}
