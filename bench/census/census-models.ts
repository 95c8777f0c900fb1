import { multiTaskConfigSchema, type MultiTaskConfig } from '../../src/learn/models/multi-task/multi-task-config.ts';

/** What each model has of its own in training. */
export interface ModelTraining {
  readonly learningRate: number;
  /** Of every hidden layer. */
  readonly dropout: number;
}

/** A model of the comparison. */
export interface CensusModel {
  readonly key: 'singleTask' | 'sharedBottom' | 'mmoe' | 'ple';
  readonly name: string;
  readonly config: MultiTaskConfig;
  /** How it is trained: chosen with its shape on validation, see tune.ts. */
  readonly training: ModelTraining;
  /** Tasks of each of its runs: single task is two runs that stop by themselves. */
  readonly runs: readonly (readonly string[])[];
}

const both = ['income', 'marital'];
const tower = [16];

/**
 * The four, as the tuner chose them on validation: 12 candidates each, of 27,000 to 70,000 parameters with embeddings and
 * towers. Shared bottom stands as it was first written, untuned.
 */
export const CENSUS_MODELS: readonly CensusModel[] = [
  {
    key: 'singleTask',
    name: 'single task',
    config: multiTaskConfigSchema.parse({ kind: 'single-task', hidden: [96, 48], tower }),
    training: { learningRate: 0.002, dropout: 0.2 },
    runs: [['income'], ['marital']],
  },
  {
    key: 'sharedBottom',
    name: 'shared bottom',
    config: multiTaskConfigSchema.parse({ kind: 'shared-bottom', hidden: [128, 48], tower }),
    training: { learningRate: 0.002, dropout: 0 },
    runs: [both],
  },
  {
    key: 'mmoe',
    name: 'MMoE',
    config: multiTaskConfigSchema.parse({ kind: 'mmoe', experts: 6, expertHidden: [64, 32], tower }),
    training: { learningRate: 0.002, dropout: 0 },
    runs: [both],
  },
  {
    key: 'ple',
    name: 'PLE',
    config: multiTaskConfigSchema.parse({
      kind: 'ple',
      levels: [{ expertHidden: [24] }, { expertHidden: [16] }],
      taskExperts: 2,
      sharedExperts: 2,
      tower,
    }),
    training: { learningRate: 0.002, dropout: 0 },
    runs: [both],
  },
];

/** Shape, rate and dropout in few words: `96-48, rate 0.002, dropout 0.2`. */
export function describeModel({ config, training }: CensusModel): string {
  return `${shapeOf(config)}, rate ${training.learningRate}, dropout ${training.dropout}`;
}

function shapeOf(config: MultiTaskConfig): string {
  switch (config.kind) {
    case 'single-task':
    case 'shared-bottom':
      return config.hidden.join('-');
    case 'mmoe':
      return `${config.experts} experts of ${config.expertHidden.join('-')}`;
    case 'ple':
      return `levels of ${config.levels.map(({ expertHidden }) => expertHidden.join('-')).join(' and ')}, ${config.taskExperts} experts a task and ${config.sharedExperts} shared`;
    case 'esmm':
      return `ESMM over ${shapeOf({ ...config.trunk, tower: [], dropout: 0 })}`;
  }
}
