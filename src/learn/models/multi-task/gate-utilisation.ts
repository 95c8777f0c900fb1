import type { TaskGate } from './task-gate.ts';

/** How one gate used its experts over a set of examples. */
export interface GateUtilisation {
  readonly level: number;
  readonly task: string;
  readonly experts: readonly ExpertUtilisation[];
  /** Mean over examples of −Σ w log w, divided by log of the number of experts: 0 one expert at a time, 1 all alike; 0 for a single expert. */
  readonly entropy: number;
  readonly examples: number;
}

/** What a gate gives one expert. */
export interface ExpertUtilisation {
  readonly name: string;
  /** Mean over the examples; those of a gate add up to 1. */
  readonly meanWeight: number;
  /** Share of the examples whose largest weight it has; the first of equal ones. */
  readonly topShare: number;
}

/** Adds up gate weights batch by batch. */
export interface UtilisationTally {
  /** @param weights of each gate in the order of the gates, `[rows, experts]` flat */
  add(weights: readonly ArrayLike<number>[], rows: number): void;
  report(): GateUtilisation[];
}

/** Starts a tally for a model's gates. */
export function tallyUtilisation(gates: readonly Omit<TaskGate, 'weights'>[]): UtilisationTally {
  const sums = gates.map(({ experts }) => ({
    weight: new Float64Array(experts.length),
    top: new Float64Array(experts.length),
    entropy: 0,
  }));
  let examples = 0;
  return {
    add(weights, rows) {
      examples += rows;
      weights.forEach((flat, gate) => addGate(sums[gate]!, flat, rows));
    },
    report: () =>
      gates.map(({ level, task, experts }, gate) => ({
        level,
        task,
        experts: experts.map((name, at) => ({
          name,
          meanWeight: sums[gate]!.weight[at]! / Math.max(1, examples),
          topShare: sums[gate]!.top[at]! / Math.max(1, examples),
        })),
        entropy: experts.length < 2 ? 0 : sums[gate]!.entropy / Math.max(1, examples) / Math.log(experts.length),
        examples,
      })),
  };
}

function addGate(
  sum: { readonly weight: Float64Array; readonly top: Float64Array; entropy: number },
  flat: ArrayLike<number>,
  rows: number,
): void {
  const width = sum.weight.length;
  for (let row = 0; row < rows; row++) {
    let top = 0;
    for (let at = 0; at < width; at++) {
      const weight = flat[row * width + at]!;
      sum.weight[at]! += weight;
      if (weight > 0) sum.entropy -= weight * Math.log(weight);
      if (weight > flat[row * width + top]!) top = at;
    }
    sum.top[top]!++;
  }
}

/** Below this part of an even share, an expert's weight is next to nothing. */
const deadShare = 0.1;
/** An expert that is the first choice of more examples than this is alive, whatever its mean. */
const deadTopShare = 0.001;

/**
 * The experts that do no work. An expert is *dead* when every gate that can use it gives it, on the mean, less than a tenth
 * of an even share (.1 / experts of that gate) and has it first for fewer than one example in a thousand. One gate that
 * uses it is enough for it to live: experts may serve one task alone. The only expert of a gate cannot be dead.
 *
 * @returns names in the order of the gates
 */
export function deadExperts(gates: readonly GateUtilisation[]): string[] {
  const alive = new Map<string, boolean>();
  for (const { experts } of gates) {
    for (const { name, meanWeight, topShare } of experts) {
      const used = meanWeight >= deadShare / experts.length || topShare >= deadTopShare;
      alive.set(name, used || (alive.get(name) ?? false));
    }
  }
  return [...alive].filter(([, used]) => !used).map(([name]) => name);
}
