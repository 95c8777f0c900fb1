import { platformFolder, type PlatformFolder } from '../../../platform/platform-folder.ts';
import { PROGRAM_COMMAND } from '../../../program-command.ts';
import { platformOfRun } from '../../../runs/platform-of-run.ts';
import { UsageError } from '../../cli-errors.ts';
import type { CommandContext } from '../../command-context.ts';
import { changesConfig, type TrainingOptions } from '../../training-options.ts';
import type { PlanningOptions } from './planned-run.ts';

/** What `train` has to know of a kind of run on a platform's log. */
export interface PlatformRunKind<Model extends string, Found, Plan> {
  isModel(model: string | undefined): model is Model;
  /** The record of a folder; null where it holds no run of this kind. */
  findRecord(folder: string): Promise<Found | null>;
  /** The plan of a run that goes on as it was begun. */
  planAsBegun(found: Found, folder: string, platform: PlatformFolder): Plan;
  /** What the run was begun with of what single options may leave open: its model at least, where that is known. */
  optionsOf(found: Found): Pick<TrainingOptions, 'model' | 'tasks'>;
  /** Makes a plan of the model's preset and the options. */
  plan(platform: string, model: Model, options: TrainingOptions, home: string): Plan | Promise<Plan>;
}

/**
 * Plans a run of a kind that learns from a platform's log: the one that is gone on with, or a new one; null where another kind of run is
 * asked for.
 *
 * @param data the platform; left out, that of the run that is gone on with
 * @throws {UsageError} where the options do not go together, or the platform is not named
 */
export async function planOnPlatform<
  Model extends string,
  Found extends { readonly data: { readonly folder: string } },
  Plan extends object,
>(
  kind: PlatformRunKind<Model, Found, Plan>,
  data: string | undefined,
  options: PlanningOptions,
  { home }: Pick<CommandContext, 'home'>,
): Promise<Plan | null> {
  const { model, run } = options;
  if (options.resume === true && run !== undefined) {
    const record = await kind.findRecord(run);
    if (record !== null) {
      const platform = data === undefined ? platformOfRun(run, record) : platformFolder(data);
      if (!changesConfig(options)) return kind.planAsBegun(record, run, platform);
      const asked = { ...kind.optionsOf(record), ...options };
      if (kind.isModel(asked.model)) return kind.plan(platform.folder, asked.model, asked, home);
    }
  }
  return kind.isModel(model) ? kind.plan(platformGiven(data, model), model, options, home) : null;
}

function platformGiven(data: string | undefined, model: string): string {
  if (data !== undefined) return data;
  throw new UsageError(
    `train --model ${model} needs DATA: the folder of a platform, whose log it reads. \`${PROGRAM_COMMAND} start\` and \`${PROGRAM_COMMAND} events import\` make one.`,
  );
}
