import { z } from 'zod';
import { multiTaskConfigSchema } from '../models/multi-task/multi-task-config.ts';
import { compositeLossSchema } from './composite-loss/composite-loss-config.ts';
import { optimizerConfigSchema, pacing } from './training-config.ts';

/** All that the training of a multi-task model depends on, beside its encoder and its data. Stored with every checkpoint. */
export const taskTrainingConfigSchema = z
  .strictObject({
    model: multiTaskConfigSchema,
    /** In the order of the model's tasks; the loss is Σ weight · mean BCE of the task. */
    tasks: z
      .array(z.strictObject({ name: z.string().min(1), weight: z.number().positive().default(1) }))
      .min(1)
      .max(64),
    /** Strength of the term that keeps experts in use (`withGateBalance`); 0 for none. */
    gateBalance: z.number().min(0).default(0),
    /**
     * A composite loss over the same tasks, in the place of weights and gate balance above: terms, masks, weights that move,
     * strategies for conflict, constraints.
     */
    loss: compositeLossSchema.optional(),
    optimizer: optimizerConfigSchema,
    /** Examples in a step. */
    batchSize: z.int().min(1).max(1_048_576),
    ...pacing,
  })
  .superRefine(({ tasks, gateBalance, loss }, context) => {
    if (loss === undefined) return;
    const refuse = (message: string) => context.addIssue({ code: 'custom', message, path: ['loss'] });
    const [ours, declared] = [tasks, loss.tasks].map((list) => list.map(({ name }) => `"${name}"`).join(', '));
    if (ours !== declared) refuse(`the loss declares the tasks ${declared}, the model has ${ours}; name the same tasks in one order`);
    if (gateBalance !== 0 || tasks.some(({ weight }) => weight !== 1))
      refuse('weights and gateBalance stand in the loss where there is one; leave them out beside it');
  });

/** See {@link taskTrainingConfigSchema}. */
export type TaskTrainingConfig = z.infer<typeof taskTrainingConfigSchema>;
