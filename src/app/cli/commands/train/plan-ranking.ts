import { PROGRAM_COMMAND } from '../../../program-command.ts';
import type { RankingPlan } from '../../../ranking/plan-ranking-run.ts';
import type { CommandContext } from '../../command-context.ts';
import { pathToShow } from '../../path-to-show.ts';
import { platformGiven, type PlannedRun, type PlanningOptions } from './planned-run.ts';

/**
 * A run that ranks the pages of a platform for several tasks; null where another kind of run is asked for.
 *
 * @throws {UsageError} where the options do not go together, or the platform is not named
 */
export async function planRanking(data: string | undefined, options: PlanningOptions, context: CommandContext): Promise<PlannedRun | null> {
  const plan = await planOf(data, options, context);
  if (plan === null) return null;
  return {
    folder: plan.folder,
    what: `${plan.config.model.encoder.kind}, ${plan.config.loss.tasks.length} tasks, on ${plan.platform.folder}`,
    async train(resume, trainingContext) {
      const { baselineFile } = await import('../../../ranking/measure-ranking-run.ts');
      const { trainRankingRun } = await import('../../../ranking/train-ranking-run.ts');
      const { folder, record, text } = await trainRankingRun(plan, resume, trainingContext);
      const next = `Against its linear baseline: ${PROGRAM_COMMAND} compare ${pathToShow(`${folder}/${baselineFile('linear')}`)} ${pathToShow(folder)}`;
      return { folder, record, text, next };
    },
  };
}

async function planOf(data: string | undefined, options: PlanningOptions, context: CommandContext): Promise<RankingPlan | null> {
  const { isRankerModel, planRankerRun } = await import('../../ranker-options.ts');
  if (options.resume === true && options.run !== undefined) {
    const { findRankingRecord } = await import('../../../ranking/ranking-run-record.ts');
    const { platformOfRun } = await import('../../../runs/platform-of-run.ts');
    const { changesConfig } = await import('../../training-options.ts');
    const { platformFolder } = await import('../../../platform/platform-folder.ts');
    const record = await findRankingRecord(options.run);
    if (record !== null) {
      const platform = data === undefined ? platformOfRun(options.run, record) : platformFolder(data);
      if (!changesConfig(options)) return { folder: options.run, platform, tasks: record.tasks, split: {}, config: record.config };
      const model = options.model ?? `${record.config.model.encoder.kind}-ranker`;
      const tasks = options.tasks ?? record.tasks.map(({ name }) => name);
      if (isRankerModel(model)) return planRankerRun(platform.folder, model, { ...options, tasks }, context.home);
    }
  }
  const { model } = options;
  return isRankerModel(model) ? planRankerRun(platformGiven(data, model), model, options, context.home) : null;
}
