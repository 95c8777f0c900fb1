import type { MultiTaskConfig } from './multi-task-config.ts';

/**
 * Logits that the towers of a model begin with, in the order of the tasks: those of the tasks' rates; of ESMM's second tower
 * that of the second outcome given the first.
 *
 * @param rates by task; a half where none is given
 */
export function firstLogits({ kind }: MultiTaskConfig, tasks: readonly string[], rates: Readonly<Record<string, number>>): number[] {
  const known = tasks.map((task) => rates[task] ?? 0.5);
  const [first, both] = known;
  const ofTowers = kind === 'esmm' && Object.keys(rates).length > 0 ? [first!, Math.min(1, both! / first!)] : known;
  const bounded = ofTowers.map((rate) => Math.min(1 - 1e-6, Math.max(1e-6, rate)));
  return bounded.map((rate) => Math.log(rate / (1 - rate)));
}
