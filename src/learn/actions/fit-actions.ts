import { z } from 'zod';
import type { ActionSequences } from './action-sequences.ts';

/** What is fitted to the actions of training and must be the same when serving. */
export const fittedActionsSchema = z.strictObject({
  /** `[actions]`, the median of an action's values; 1 where it has none. */
  typicalValues: z.array(z.number().positive()),
});

/** See {@link fittedActionsSchema}. */
export type FittedActions = z.infer<typeof fittedActionsSchema>;

/** Values looked at an action: the median of so many is near enough. */
const VALUES_MAX = 100_000;

/**
 * Fits what models read of actions.
 *
 * @param untilMs actions from then on are not looked at
 */
export function fitActions(sequences: ActionSequences, untilMs = Infinity): FittedActions {
  const byAction = sequences.vocabulary.actions.map(() => [] as number[]);
  for (let at = 0; at < sequences.actions.length; at++) {
    const value = sequences.values[at]!;
    const values = byAction[sequences.actions[at]!]!;
    if (!(value > 0) || sequences.timesMs[at]! >= untilMs || values.length >= VALUES_MAX) continue;
    values.push(value);
  }
  return { typicalValues: byAction.map((values) => (values.length === 0 ? 1 : values.sort((a, b) => a - b)[values.length >> 1]!)) };
}

/** What a model is fed of an action's value: log(1 + value / typical), 0 where it has none. */
export function scaledValue({ typicalValues }: FittedActions, action: number, value: number): number {
  return value > 0 ? Math.log1p(value / typicalValues[action]!) : 0;
}
