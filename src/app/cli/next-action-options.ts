import { nextActionTrainingConfigSchema } from '../../learn/training/next-action/next-action-training-config.ts';
import { NEXT_ACTION_MODELS, nextActionPreset, type NextActionModel } from '../next-action/next-action-presets.ts';
import { defaultNextActionFolder, type NextActionPlan } from '../next-action/train-next-action-run.ts';
import { platformFolder } from '../platform/platform-folder.ts';
import { withModelOptions } from './model-options.ts';
import type { TrainingOptions } from './training-options.ts';
import { checkedSettings } from './training-settings.ts';

/** Whether `--model` names a model that reads what people did in all domains. */
export function isNextActionModel(model: string | undefined): model is NextActionModel {
  return (NEXT_ACTION_MODELS as readonly (string | undefined)[]).includes(model);
}

/**
 * Makes the plan of a run on a platform's log: the preset, then the single options over it.
 *
 * @throws {UsageError} where the config that results is not valid
 */
export function planNextActionRun(platform: string, model: NextActionModel, options: TrainingOptions, home: string): NextActionPlan {
  const config = checkedSettings(nextActionTrainingConfigSchema, withModelOptions(nextActionPreset(model), options));
  const plan = { platform: platformFolder(platform), split: options.split ?? 'time', preset: model, config } as const;
  return { ...plan, folder: options.run ?? defaultNextActionFolder(home, plan) };
}
