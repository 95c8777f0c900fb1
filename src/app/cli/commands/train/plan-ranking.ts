import { PROGRAM_COMMAND } from '../../../program-command.ts';
import type { RankingPlan } from '../../../ranking/plan-ranking-run.ts';
import type { CommandContext } from '../../command-context.ts';
import { pathToShow } from '../../path-to-show.ts';
import { planOnPlatform } from './plan-on-platform.ts';
import type { PlannedRun, PlanningOptions } from './planned-run.ts';

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
  const { findRankingRecord } = await import('../../../ranking/ranking-run-record.ts');
  return planOnPlatform(
    {
      isModel: isRankerModel,
      findRecord: findRankingRecord,
      planAsBegun: ({ tasks, config }, folder, platform): RankingPlan => ({ folder, platform, tasks, split: {}, config }),
      optionsOf({ tasks, config }) {
        const model = `${config.model.encoder.kind}-ranker`;
        return { ...(isRankerModel(model) && { model }), tasks: tasks.map(({ name }) => name) };
      },
      plan: planRankerRun,
    },
    data,
    options,
    context,
  );
}
