import { multiTaskConfigSchema } from '../../src/learn/models/multi-task/multi-task-config.ts';
import { CENSUS_MODELS, type CensusModel } from './census-models.ts';

const ple = (levels: readonly number[][], taskExperts: number, sharedExperts: number) => ({
  kind: 'ple',
  levels: levels.map((expertHidden) => ({ expertHidden })),
  taskExperts,
  sharedExperts,
});

/** Three shapes of each: about 28,000 parameters with embeddings, half as many again, and twice as many. */
const SHAPES: Readonly<Record<CensusModel['key'], readonly object[]>> = {
  singleTask: [
    [64, 32],
    [96, 48],
    [160, 64],
  ].map((hidden) => ({ kind: 'single-task', hidden })),
  sharedBottom: [
    [128, 48],
    [192, 64],
    [320, 64],
  ].map((hidden) => ({ kind: 'shared-bottom', hidden })),
  mmoe: [
    { kind: 'mmoe', experts: 6, expertHidden: [24, 16] },
    { kind: 'mmoe', experts: 6, expertHidden: [32, 24] },
    { kind: 'mmoe', experts: 6, expertHidden: [64, 32] },
  ],
  ple: [ple([[24], [16]], 2, 2), ple([[64, 32]], 1, 2), ple([[48], [32]], 2, 2)],
};

/** Rates and dropouts, each shape with all. */
const TRAININGS: readonly CensusModel['training'][] = [
  { learningRate: 0.002, dropout: 0 },
  { learningRate: 0.002, dropout: 0.2 },
  { learningRate: 0.004, dropout: 0.1 },
  { learningRate: 0.004, dropout: 0.3 },
];

/** What is tried for a model: the same number for each. @throws {Error} for a model that is none of the comparison */
export function censusCandidates(key: string): CensusModel[] {
  const model = CENSUS_MODELS.find((one) => one.key === key);
  if (model === undefined) throw new Error(`no model ${key}: the models are ${CENSUS_MODELS.map((one) => one.key).join(', ')}`);
  return SHAPES[model.key].flatMap((shape) =>
    TRAININGS.map((training) => ({ ...model, config: multiTaskConfigSchema.parse({ ...shape, tower: [16] }), training })),
  );
}
