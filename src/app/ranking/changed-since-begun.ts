import { configDifferences, type ConfigDifference } from '../runs/config-differences.ts';
import type { RankingPlan } from './plan-ranking-run.ts';
import type { RankingRunRecord } from './ranking-run-record.ts';

const HOUR_MS = 3_600_000;

/** The settings in which a plan is another than the run that it would go on with. */
export function changedSettings(plan: Pick<RankingPlan, 'tasks' | 'config'>, found: RankingRunRecord): ConfigDifference[] {
  // Sizes of content follow from the data when a run begins.
  const asked = { ...plan.config, model: { ...plan.config.model, content: found.config.model.content } };
  return [...configDifferences(found.tasks, plan.tasks, 'tasks'), ...configDifferences(found.config, asked)];
}

/**
 * In what the log, and what was asked of its cut, are other than what a run was begun with. What a plan leaves open is as begun.
 *
 * @param data what is read up to the offset that the run was begun with: its fingerprint and the first moment after it
 */
export function changedData(
  plan: Pick<RankingPlan, 'split'>,
  { data: { fingerprint }, split: { trainUntilMs, validationUntilMs, correction } }: RankingRunRecord,
  data: { readonly fingerprint: string; readonly endMs: number },
): ConfigDifference[] {
  const begun = { validationMs: validationUntilMs - trainUntilMs, testMs: data.endMs - validationUntilMs, correction };
  if (data.fingerprint !== fingerprint) return [{ name: 'data', begun: fingerprint.slice(0, 12), asked: data.fingerprint.slice(0, 12) }];
  return configDifferences(inHours(begun), inHours({ ...begun, ...plan.split }), 'split');
}

/** A cut in the unit that the command line has. */
function inHours({ validationMs, testMs, correction }: Required<RankingPlan['split']>) {
  return { validationHours: validationMs / HOUR_MS, testHours: testMs / HOUR_MS, correction };
}
