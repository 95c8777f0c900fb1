import { PROGRAM_COMMAND } from '../../../program-command.ts';
import type { RunPlan } from '../../../runs/plan-run.ts';
import { UsageError } from '../../cli-errors.ts';
import type { CommandContext } from '../../command-context.ts';
import { pathToShow } from '../../path-to-show.ts';
import type { PlannedRun, PlanningOptions } from './planned-run.ts';

/**
 * A run on interactions of users with items.
 *
 * @throws {UsageError} where the options do not go together, or neither data nor a run is named; `RunMissingError`; what finding the
 *   data throws
 */
export async function planSequence(data: string | undefined, options: PlanningOptions, context: CommandContext): Promise<PlannedRun> {
  const plan = await planOf(data, options, context);
  return {
    folder: plan.folder,
    what: `${plan.config.model.kind} on ${plan.dataset.manifest.name}${plan.preset === null ? '' : `, preset ${plan.preset}`}`,
    async train(resume, trainingContext) {
      const { trainRun } = await import('../../../runs/train-run.ts');
      const { folder, record, text } = await trainRun(plan, resume, trainingContext);
      return { folder, record, text, next: `Serve it: ${PROGRAM_COMMAND} serve ${pathToShow(folder)}` };
    },
  };
}

async function planOf(data: string | undefined, options: PlanningOptions, context: CommandContext): Promise<RunPlan> {
  const { findDataset } = await import('../../../datasets/find-dataset.ts');
  const { changesConfig, planRun } = await import('../../training-options.ts');
  if (options.resume === true && options.run !== undefined) {
    const { dataFolderOf, findRunRecord } = await import('../../../runs/run-record.ts');
    const { RunMissingError } = await import('../../../runs/run-errors.ts');
    const record = await findRunRecord(options.run);
    if (record !== null) {
      const dataset = await findDataset(data ?? dataFolderOf(options.run, record), context);
      if (changesConfig(options)) return planRun(dataset, options, context.home);
      return { folder: options.run, dataset, split: record.split, preset: record.preset, config: record.config };
    }
    if (data === undefined) throw new RunMissingError(options.run);
  }
  if (data === undefined) {
    throw new UsageError(
      'train needs DATA: a file or folder of interactions, or the word generated for the built-in data. Without it, only `train --resume --run FOLDER` works, on a run that is there.',
    );
  }
  return planRun(await findDataset(data, context), options, context.home);
}
