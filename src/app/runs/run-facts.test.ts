import { expect, test } from 'vitest';
import { newRunFacts } from './new-run-facts.ts';
import { finishedRecord, goneOnWith, withOutcome, withTrainingSince, type RunFacts } from './run-facts.ts';

const outcome = { ended: 'no better validation', steps: 70, best: { epoch: 3, metric: 0.25 } } as const;

async function newRecord(): Promise<RunFacts & { readonly name: string; readonly state: 'training' | 'finished' }> {
  return { name: 'run', state: 'training', ...(await newRunFacts({ nowMs: () => Date.UTC(2026, 0, 2) })) };
}

test('a run that is interrupted, gone on with and finished says so', async () => {
  const begun = await newRecord();
  expect(begun).toMatchObject({ startedAt: '2026-01-02T00:00:00.000Z', endedAt: null, resumes: 0, trainingSeconds: 0, outcome: null });
  expect(begun.versions.node).toBe(process.versions.node);

  const stopped = withTrainingSince(begun, 1000, { monotonicMs: () => 3500 });
  const trained = withOutcome(withTrainingSince(goneOnWith(stopped), 0, { monotonicMs: () => 500 }), outcome);
  expect(finishedRecord(trained, { nowMs: () => Date.UTC(2026, 0, 3) })).toEqual({
    ...begun,
    state: 'finished',
    endedAt: '2026-01-03T00:00:00.000Z',
    resumes: 1,
    trainingSeconds: 3,
    outcome: { ended: 'no better validation', steps: 70, bestEpoch: 3, bestValidation: 0.25 },
  });
});

test('training without a validation has no best; one that was interrupted no outcome', async () => {
  const begun = await newRecord();
  expect(withOutcome(begun, { ...outcome, best: null }).outcome).toMatchObject({ bestEpoch: null, bestValidation: null });
  expect(() => withOutcome(begun, { ...outcome, ended: 'interrupted' })).toThrow('ended early');
});
