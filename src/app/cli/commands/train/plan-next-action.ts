import type { NextActionPlan } from '../../../next-action/train-next-action-run.ts';
import { PROGRAM_COMMAND } from '../../../program-command.ts';
import type { CommandContext } from '../../command-context.ts';
import { pathToShow } from '../../path-to-show.ts';
import { planOnPlatform } from './plan-on-platform.ts';
import type { PlannedRun, PlanningOptions } from './planned-run.ts';

/**
 * A run over all that people did on a platform; null where another kind of run is asked for.
 *
 * @throws {UsageError} where the options do not go together, or the platform is not named
 */
export async function planNextAction(
  data: string | undefined,
  options: PlanningOptions,
  context: CommandContext,
): Promise<PlannedRun | null> {
  const plan = await planOf(data, options, context);
  if (plan === null) return null;
  return {
    folder: plan.folder,
    what: `${plan.preset ?? plan.config.model.encoder.kind} on ${plan.platform.folder}`,
    async train(resume, trainingContext) {
      const { trainNextActionRun } = await import('../../../next-action/train-next-action-run.ts');
      const { folder, record, text } = await trainNextActionRun(plan, resume, trainingContext);
      const next = `What the other domains add: ${PROGRAM_COMMAND} evaluate ${pathToShow(folder)} --domains content`;
      return { folder, record, text, next };
    },
  };
}

async function planOf(data: string | undefined, options: PlanningOptions, context: CommandContext): Promise<NextActionPlan | null> {
  const { isNextActionModel, planNextActionRun } = await import('../../next-action-options.ts');
  const { findNextActionRecord } = await import('../../../next-action/next-action-record.ts');
  return planOnPlatform(
    {
      isModel: isNextActionModel,
      findRecord: findNextActionRecord,
      planAsBegun: ({ split, preset, config }, folder, platform): NextActionPlan => ({ folder, platform, split, preset, config }),
      optionsOf({ preset }) {
        const model = preset ?? undefined;
        return isNextActionModel(model) ? { model } : {};
      },
      plan: planNextActionRun,
    },
    data,
    options,
    context,
  );
}
