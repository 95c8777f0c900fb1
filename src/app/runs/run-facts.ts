import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { TrainOutcome } from '../../learn/training/training-loop.ts';

/** `training` until the report is written and the model exported. */
export const runStateSchema = z.enum(['training', 'finished']);

/** What the records of all kinds of run say of how the run came about and how it went, beside its state: spread into their schemas. */
export const runFactsShape = {
  /** Commit of the Nisus checkout that trains; null outside one. */
  gitRevision: z.string().nullable(),
  versions: z.object({ nisus: z.string(), node: z.string(), onnxruntime: z.string() }),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** How often the run was gone on with after an interruption or a kill. */
  resumes: z.int(),
  /** Time in training (validation included), of all parts that ended by themselves. */
  trainingSeconds: z.number(),
  outcome: z
    .object({
      ended: z.enum(['all epochs', 'no better validation']),
      steps: z.int(),
      bestEpoch: z.int().nullable(),
      /** Of the best validation: NDCG@10, or the mean AUC of a ranking run's tasks. */
      bestValidation: z.number().nullable(),
    })
    .nullable(),
};

const facts = z.object(runFactsShape);

/** See {@link runFactsShape}. */
export type RunFacts = z.infer<typeof facts>;

/** A record to go on with: one resume more. */
export function goneOnWith<Run extends RunFacts>(record: Run): Run {
  return { ...record, resumes: record.resumes + 1 };
}

/**
 * A record with the time of a part of the training that ends now.
 *
 * @param startMs when the part began, by the clock's `monotonicMs`
 */
export function withTrainingSince<Run extends RunFacts>(record: Run, startMs: number, clock: Pick<Clock, 'monotonicMs'>): Run {
  return { ...record, trainingSeconds: record.trainingSeconds + (clock.monotonicMs() - startMs) / 1000 };
}

/**
 * A record with what came of its training.
 *
 * @throws Error where the training was interrupted: it has no outcome yet
 */
export function withOutcome<Run extends RunFacts>(
  record: Run,
  { ended, steps, best }: Pick<TrainOutcome, 'ended' | 'steps' | 'best'>,
): Run {
  if (ended === 'interrupted') throw new Error('training ended early without being asked to');
  return { ...record, outcome: { ended, steps, bestEpoch: best?.epoch ?? null, bestValidation: best?.metric ?? null } };
}

/** The record of a run whose report is written. */
export function finishedRecord<Run extends RunFacts & { readonly state: z.infer<typeof runStateSchema> }>(
  record: Run,
  clock: Pick<Clock, 'nowMs'>,
): Run {
  return { ...record, state: 'finished', endedAt: new Date(clock.nowMs()).toISOString() };
}
