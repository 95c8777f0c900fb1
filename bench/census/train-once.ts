import { manualClock } from '../../src/base/clock.ts';
import { fieldLayer } from '../../src/learn/fields/field-layer.ts';
import { deadExperts } from '../../src/learn/models/multi-task/gate-utilisation.ts';
import { taskTrainingConfigSchema } from '../../src/learn/training/task-training-config.ts';
import { openTaskScorer, type TaskEncoder } from '../../src/learn/training/task-scorer.ts';
import type { TaskExamples } from '../../src/learn/training/task-examples.ts';
import { taskFigures, trainTaskModel } from '../../src/learn/training/train-task-model.ts';
import { examplesOf, type Census } from './census-data.ts';
import type { CensusModel } from './census-models.ts';

/** How each run is trained. */
export interface RunSettings {
  readonly epochs: number;
  readonly patience: number;
  readonly batchSize: number;
  readonly gateBalance: number;
  readonly seed: number;
  readonly folder: string;
}

/** What one seed of a model came to. */
export interface SeedOutcome {
  readonly aucs: { readonly income: number; readonly marital: number };
  /** Best epoch of each run, from 1. */
  readonly epochs: readonly number[];
  readonly parameters: number;
  readonly dead: readonly string[];
  /** How gates used their experts on the judged examples, for reading. */
  readonly gateLines: readonly string[];
  readonly seconds: number;
}

/** Trains all runs of a model under one seed, and judges the best epoch of each. */
export async function trainOnce(census: Census, model: CensusModel, judged: TaskExamples, settings: RunSettings): Promise<SeedOutcome> {
  const encoder: TaskEncoder = { config: census.fitted, build: () => fieldLayer(census.fitted) };
  const [train, validation] = [examplesOf(census, 'train'), examplesOf(census, 'validation')];
  const aucs: Record<string, number> = {};
  const [epochs, dead, gateLines]: [number[], string[], string[]] = [[], [], []];
  let parameters = 0;
  const startMs = performance.now();
  for (const tasks of model.runs) {
    const config = taskTrainingConfigSchema.parse({
      model: { ...model.config, dropout: model.training.dropout },
      tasks: tasks.map((name) => ({ name })),
      gateBalance: settings.gateBalance,
      optimizer: { kind: 'adam', learningRate: model.training.learningRate },
      batchSize: settings.batchSize,
      epochs: settings.epochs,
      patience: settings.patience,
      checkpointEverySteps: 1_000_000,
      seed: settings.seed,
      // Steps of a few milliseconds: a second thread costs more than it brings.
      threads: 1,
    });
    const outcome = await trainTaskModel({
      config,
      encoder,
      train,
      validation,
      folder: `${settings.folder}-${tasks.join('-')}`,
      identity: {},
      resume: false,
      clock: manualClock(),
    });
    const scorer = await openTaskScorer({ config: config.model, encoder, tasks }, () => outcome.parameters, { threads: 1 });
    const figures = await taskFigures(scorer, judged, tasks);
    const { gates } = await scorer.score(judged);
    await scorer.close();
    for (const task of tasks) aucs[task] = figures.tasks[task]!.auc;
    epochs.push(outcome.best!.epoch + 1);
    parameters += outcome.layout.size;
    dead.push(...deadExperts(gates));
    for (const gate of gates) {
      const experts = gate.experts.map(
        ({ name, meanWeight, topShare }) => `${name} ${meanWeight.toFixed(2)} (first of ${(topShare * 100).toFixed(0)} %)`,
      );
      gateLines.push(`level ${gate.level} ${gate.task}: entropy ${gate.entropy.toFixed(2)}; ${experts.join(', ')}`);
    }
  }
  return {
    aucs: { income: aucs['income']!, marital: aucs['marital']! },
    epochs,
    parameters,
    dead,
    gateLines,
    seconds: (performance.now() - startMs) / 1000,
  };
}
