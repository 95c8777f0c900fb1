import { pairedTTest } from '../../src/learn/evaluation/binary/paired-t-test.ts';
import type { CensusModel } from './census-models.ts';
import type { SeedOutcome } from './train-once.ts';

/** A model with what its seeds came to. */
export interface ModelSeeds {
  readonly model: CensusModel;
  readonly seeds: readonly SeedOutcome[];
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of the sample; 0 for one value. */
export function spreadOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.length < 2 ? 0 : Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

export function summaryOf(values: readonly number[]): string {
  return `${meanOf(values).toFixed(4)} ± ${spreadOf(values).toFixed(4)}`;
}

/** The models from best to worst by mean of the two AUCs, and whether PLE differs from single task by more than its seeds. */
export function compareOrders(models: readonly ModelSeeds[]): { readonly text: string; readonly plePValue: number } {
  const means = models.map(({ model, seeds }) => ({ model, values: seeds.map(({ aucs }) => (aucs.income + aucs.marital) / 2) }));
  const ordered = means.toSorted((a, b) => meanOf(b.values) - meanOf(a.values));
  const of = (key: CensusModel['key']) => means.find(({ model }) => model.key === key)!.values;
  const plePValue = of('ple').length < 2 ? 1 : pairedTTest(of('ple'), of('singleTask')).pValue;
  return { text: ordered.map(({ model, values }) => `${model.name} ${meanOf(values).toFixed(4)}`).join(' > '), plePValue };
}
