import { platformTasks } from '../../data/actions/platform-tasks.ts';
import { rankerTrainingConfigSchema } from '../../learn/training/ranking/ranker-training-config.ts';
import { platformFolder } from '../platform/platform-folder.ts';
import { defaultRankingFolder, type RankingPlan } from '../ranking/plan-ranking-run.ts';
import { RANKER_MODELS, rankingPreset, type RankerModel } from '../ranking/ranking-preset.ts';
import { UsageError } from './cli-errors.ts';
import { withModelOptions } from './model-options.ts';
import type { TrainingOptions } from './training-options.ts';
import { checkedSettings, readSettings } from './training-settings.ts';

const HOUR_MS = 3_600_000;

/** Whether `--model` names a ranking model of several tasks. */
export function isRankerModel(model: string | undefined): model is RankerModel {
  return (RANKER_MODELS as readonly (string | undefined)[]).includes(model);
}

/**
 * Makes the plan of a ranking run on a platform's log: the preset or a config from a file, then the single options over it.
 *
 * @throws {UsageError} where the config that results is not valid, or names tasks that are not declared; {@link FileMissingError}
 */
export async function planRankerRun(platform: string, model: RankerModel, options: TrainingOptions, home: string): Promise<RankingPlan> {
  if (options.split === 'leave-one-out')
    throw new UsageError('A ranking run is cut by time: what it learned from must lie before what it is asked. Leave --split out.');
  const tasks = chosenTasks(options.tasks);
  const check = (settings: unknown, problem?: string) => checkedSettings(rankerTrainingConfigSchema, settings, problem);
  const base = options.config === undefined ? rankingPreset(model, tasks) : await readSettings(options.config, check);
  const config = check(withModelOptions(base, options));
  const declared = config.loss.tasks.map(({ name }) => name);
  const strange = declared.find((name) => !platformTasks.some((task) => task.name === name));
  if (strange !== undefined)
    throw new UsageError(`The loss names task "${strange}", which is none of the platform's: ${nameAll(platformTasks)}.`, {
      task: strange,
    });
  const plan = {
    platform: platformFolder(platform),
    tasks: platformTasks.filter(({ name }) => declared.includes(name)),
    split: {
      ...(options.validationHours !== undefined && { validationMs: options.validationHours * HOUR_MS }),
      ...(options.testHours !== undefined && { testMs: options.testHours * HOUR_MS }),
    },
    config,
  };
  return { ...plan, folder: options.run ?? defaultRankingFolder(home, plan) };
}

function chosenTasks(names: readonly string[] | undefined) {
  if (names === undefined) return platformTasks;
  const strange = names.find((name) => !platformTasks.some((task) => task.name === name));
  if (strange !== undefined) throw new UsageError(`--tasks names "${strange}"; there are ${nameAll(platformTasks)}.`, { task: strange });
  return platformTasks.filter(({ name }) => names.includes(name));
}

function nameAll(tasks: readonly { readonly name: string }[]): string {
  return tasks.map(({ name }) => name).join(', ');
}
