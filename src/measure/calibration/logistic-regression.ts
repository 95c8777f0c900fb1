import { logistic } from '../../base/portable-math.ts';
import { softplus } from './score-input.ts';

/** A logistic regression with few coefficients, and no intercept but a column of ones. */
export interface LogisticProblem {
  /** One column a coefficient, each `[examples]`. */
  readonly columns: readonly Float64Array[];
  /** `[examples]`, in [0, 1] */
  readonly targets: Float64Array;
  /** `[examples]` */
  readonly weights: Float64Array;
  readonly totalWeight: number;
  /** The coefficients that change nothing: where the search starts, and what it leans to where the examples do not decide. */
  readonly identity: readonly number[];
}

/** Coefficients, and the mean loss they reach (ridge included). */
export interface LogisticFit {
  readonly coefficients: readonly number[];
  readonly loss: number;
}

/** Strength of the pull to the identity, per unit of weight and of a column's mean square: far below what one example in a million says. */
const RIDGE = 1e-9;
/** A column below this root mean square is as good as nought: it is not blown up, so that its coefficient stays of a size to calculate with. */
const UNIT_MIN = 1e-6;
/** Columns above this root mean square are in a unit of their own, of which the identity says nothing: the pull is not to grow with it. */
const UNIT_MAX = 100;
const ITERATIONS_MAX = 200;
/** Twice what a Newton step is expected to take off the mean loss, below which the next is the last. */
const DECREMENT_MIN = 1e-13;
const HALVINGS_MAX = 60;

/**
 * Minimises Σ w (log(1 + e^η) − t η) / Σ w + ridge/2 · ‖θ − identity‖², with η = Σ θⱼ xⱼ, by Newton's method with backtracking
 * (Lin, Lin & Weng, "A note on Platt's probabilistic outputs for support vector machines", Machine Learning 68, 2007, algorithm 1,
 * with the loss in their form that does not overflow).
 *
 * The loss falls with every step from the identity's, so the fit is never worse than changing nothing. The ridge (1e-9) keeps the
 * answer finite and single where the examples are separable, constant or of one class. O(iterations × examples × columns²).
 */
export function fitLogistic(problem: LogisticProblem): LogisticFit {
  const { columns, weights, totalWeight, identity } = problem;
  const size = columns.length;
  // Columns are brought to mean square 1, so that neither ridge nor tolerance depends on the unit of the scores.
  const units = columns.map((column) => rootMeanSquare(column, weights, totalWeight));
  const scaled = { ...problem, columns: columns.map((column, at) => column.map((value) => value / units[at]!)) };
  const origin = Float64Array.from(identity, (value, at) => value * Math.min(units[at]!, UNIT_MAX));
  let state = evaluate(
    scaled,
    Float64Array.from(identity, (value, at) => value * units[at]!),
    origin,
  );
  // Where the identity is saturated its curvature is nil: then nought is the better start.
  const nought = evaluate(scaled, new Float64Array(size), origin);
  if (nought.loss < state.loss) state = nought;

  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
    const direction = solve(state.hessian, state.gradient);
    const slope = direction.reduce((sum, value, at) => sum + value * state.gradient[at]!, 0);
    // So near, a loss cannot tell steps apart any more, but the whole step is as good as exact: its error is the square of the distance.
    if (slope < DECREMENT_MIN) {
      state = { ...state, coefficients: state.coefficients.map((value, at) => value - direction[at]!) };
      break;
    }
    let next = null;
    for (let halving = 0, step = 1; halving < HALVINGS_MAX && next === null; halving++, step /= 2) {
      const moved = state.coefficients.map((value, at) => value - step * direction[at]!);
      const candidate = evaluate(scaled, moved, origin);
      if (candidate.loss < state.loss - 1e-4 * step * slope) next = candidate;
    }
    // No step falls any more: the minimum, to the last bit of the loss.
    if (next === null) break;
    state = next;
  }
  return { coefficients: Array.from(state.coefficients, (value, at) => value / units[at]!), loss: state.loss };
}

interface State {
  readonly coefficients: Float64Array;
  readonly loss: number;
  readonly gradient: Float64Array;
  /** `[size × size]` */
  readonly hessian: Float64Array;
}

function evaluate(problem: LogisticProblem, coefficients: Float64Array, origin: Float64Array): State {
  const { columns, targets, weights, totalWeight } = problem;
  const size = columns.length;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  let loss = 0;
  for (let at = 0; at < targets.length; at++) {
    const weight = weights[at]! / totalWeight;
    let eta = 0;
    for (let column = 0; column < size; column++) eta += coefficients[column]! * columns[column]![at]!;
    const target = targets[at]!;
    // log(1 + e^η) − t η without the difference of large numbers.
    loss += weight * (eta > 0 ? softplus(-eta) + (1 - target) * eta : softplus(eta) - target * eta);
    const probability = logistic(eta);
    const slope = weight * (probability - target);
    const curvature = weight * probability * (1 - probability);
    for (let row = 0; row < size; row++) {
      const value = columns[row]![at]!;
      gradient[row]! += slope * value;
      for (let column = 0; column <= row; column++) hessian[row * size + column]! += curvature * value * columns[column]![at]!;
    }
  }
  for (let row = 0; row < size; row++) {
    const apart = coefficients[row]! - origin[row]!;
    loss += (RIDGE / 2) * apart * apart;
    gradient[row]! += RIDGE * apart;
    hessian[row * size + row]! += RIDGE;
    for (let column = 0; column < row; column++) hessian[column * size + row] = hessian[row * size + column]!;
  }
  return { coefficients, loss, gradient, hessian };
}

function rootMeanSquare(column: Float64Array, weights: Float64Array, totalWeight: number): number {
  let sum = 0;
  for (let at = 0; at < column.length; at++) sum += (weights[at]! / totalWeight) * column[at]! * column[at]!;
  return Math.min(Math.max(Math.sqrt(sum), UNIT_MIN), 1e150);
}

/** Solves a positive definite system by Cholesky; it has at most a few rows. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const lower = new Float64Array(size * size);
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let value = matrix[row * size + column]!;
      for (let at = 0; at < column; at++) value -= lower[row * size + at]! * lower[column * size + at]!;
      // Rounding can eat the ridge of a singular system; it is put back.
      lower[row * size + column] = row === column ? Math.sqrt(Math.max(value, RIDGE * 1e-3)) : value / lower[column * size + column]!;
    }
    for (let at = 0; at < row; at++) solution[row]! -= lower[row * size + at]! * solution[at]!;
    solution[row]! /= lower[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let at = row + 1; at < size; at++) solution[row]! -= lower[at * size + row]! * solution[at]!;
    solution[row]! /= lower[row * size + row]!;
  }
  return solution;
}
