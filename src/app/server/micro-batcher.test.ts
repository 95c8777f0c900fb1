import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import type { HistoryBatch, Ranker } from '../../learn/interaction-sequences.ts';
import { createMicroBatcher } from './micro-batcher.ts';
import type { BatchEvent } from './micro-batcher.ts';

const itemCount = 7;
const clock = manualClock();

/** Scores that only this history with these times can have. */
function scoresOf(history: ArrayLike<number>, timeMs: number): number[] {
  const sum = Array.from(history).reduce((total, item, at) => total + item * (at + 1), 0);
  return Array.from({ length: itemCount }, (_, item) => sum * 10 + item + timeMs);
}

/** A ranker that answers when it is told to, so that a test decides every interleaving. */
function steppedRanker(fails: (batch: HistoryBatch) => boolean = () => false) {
  const calls: { batch: HistoryBatch; answer: () => void }[] = [];
  const ranker: Ranker = {
    name: 'stepped',
    itemCount,
    score(batch) {
      return new Promise((resolve, reject) => {
        calls.push({
          batch,
          answer() {
            if (fails(batch)) reject(new Error('the model broke'));
            else resolve(Float32Array.from(batch.histories.flatMap((history, row) => rowScores(batch, history, row))));
          },
        });
      });
    },
  };
  return { ranker, calls };
}

function rowScores(batch: HistoryBatch, history: Int32Array, row: number): number[] {
  return scoresOf(history, batch.requestTimesMs?.[row] ?? 0);
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const request = (history: number[], requestTimeMs = 0) => ({
  history: Int32Array.from(history),
  timesMs: Float64Array.from(history),
  requestTimeMs,
});

/** Answers calls until the promises are settled. */
async function serve(calls: { answer: () => void }[], until: Promise<unknown>): Promise<void> {
  let isDone = false;
  const finish = () => {
    isDone = true;
  };
  until.then(finish, finish);
  for (let turns = 0; !isDone && turns < 10_000; turns++) {
    calls.shift()?.answer();
    await turn();
  }
}

describe('createMicroBatcher', () => {
  it('gives every request its own row, whatever the interleaving, lengths and failures', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 12 }) },
      { weight: 1, arbitrary: fc.constantFrom('turn' as const, 'answer' as const) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.record({
          batchRowsMax: fc.integer({ min: 1, max: 6 }),
          paddingCellsFree: fc.integer({ min: 0, max: 20 }),
          callsAtOnceMax: fc.integer({ min: 1, max: 3 }),
        }),
        fc.integer({ min: 0, max: 6 }),
        fc.boolean(),
        async (steps, bounds, poison, hasTimes) => {
          const isPoisoned = (history: ArrayLike<number>) => Array.from(history).includes(poison) && poison > 4;
          const { ranker, calls } = steppedRanker((batch) => batch.histories.some(isPoisoned));
          const rowsSeen: number[] = [];
          const batcher = createMicroBatcher({
            ranker,
            clock,
            hasTimes,
            onBatch: (event) => rowsSeen.push(event.rows),
            ...bounds,
          });
          const asked: { history: number[]; timeMs: number; answer: Promise<Float32Array> }[] = [];
          for (const [at, what] of steps.entries()) {
            if (what === 'turn') await turn();
            else if (what === 'answer') calls.shift()?.answer();
            else {
              const answer = batcher.score(request(what, at));
              // A poisoned one may fail before the end of the steps, where its failure is looked at.
              answer.catch(() => {});
              asked.push({ history: what, timeMs: at, answer });
            }
          }
          const answers = Promise.allSettled(asked.map(({ answer }) => answer));
          await serve(calls, answers);
          for (const [at, answer] of (await answers).entries()) {
            const { history, timeMs } = asked[at]!;
            if (isPoisoned(history)) expect(answer).toMatchObject({ reason: { message: 'the model broke' } });
            else expect(answer).toMatchObject({ status: 'fulfilled' });
            if (answer.status === 'fulfilled') {
              expect([...answer.value]).toEqual(scoresOf(history, hasTimes ? timeMs : 0));
            }
          }
          expect(Math.max(0, ...rowsSeen)).toBeLessThanOrEqual(bounds.batchRowsMax);
          expect(batcher.queueLength() + batcher.rowsInFlight()).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('batches what arrived in one turn, and what arrives while the model is busy', async () => {
    const { ranker, calls } = steppedRanker();
    const batcher = createMicroBatcher({ ranker, clock, hasTimes: false });
    const first = [batcher.score(request([1])), batcher.score(request([2]))];
    await turn();
    expect(calls.map(({ batch }) => batch.histories.length)).toEqual([2]);
    const second = [3, 4, 5].map((item) => batcher.score(request([item])));
    await turn();
    expect(calls.length).toBe(1);
    expect([batcher.queueLength(), batcher.rowsInFlight()]).toEqual([3, 2]);
    calls[0]!.answer();
    await Promise.all(first);
    expect(calls.map(({ batch }) => batch.histories.length)).toEqual([2, 3]);
    calls[1]!.answer();
    await Promise.all(second);
  });

  it('refuses one more than the queue holds, and takes again once there is room', async () => {
    const { ranker, calls } = steppedRanker();
    const batcher = createMicroBatcher({ ranker, clock, hasTimes: false, queueLengthMax: 2, batchRowsMax: 2 });
    const accepted = [batcher.score(request([1])), batcher.score(request([2]))];
    await expect(batcher.score(request([3]))).rejects.toMatchObject({ code: 'OVERLOADED' });
    await turn();
    accepted.push(batcher.score(request([4])));
    await serve(calls, Promise.all(accepted));
    expect((await Promise.all(accepted)).length).toBe(3);
  });

  it('answers at the deadline when the model hangs, and keeps no trace of the request', async () => {
    const { ranker } = steppedRanker();
    const batcher = createMicroBatcher({ ranker, clock, hasTimes: false, deadlineMs: 1 });
    const inCall = batcher.score(request([1]));
    await turn();
    const waiting = batcher.score(request([2]));
    await expect(inCall).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await expect(waiting).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(batcher.queueLength()).toBe(0);
  });

  it('does not call the model for a client that left', async () => {
    const { ranker, calls } = steppedRanker();
    const batcher = createMicroBatcher({ ranker, clock, hasTimes: false });
    const left = batcher.score({ ...request([1]), isCancelled: () => true });
    await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(calls.length).toBe(0);
  });

  it('drains on close: all accepted requests get their rows, new ones are refused', async () => {
    const { ranker, calls } = steppedRanker();
    const batcher = createMicroBatcher({ ranker, clock, hasTimes: false, batchRowsMax: 1, waitMsMax: 60_000 });
    const accepted = Promise.all([[1], [2], [3]].map((history) => batcher.score(request(history))));
    const closed = batcher.close();
    await expect(batcher.score(request([4]))).rejects.toMatchObject({ code: 'DRAINING' });
    await serve(calls, closed);
    expect((await accepted).map((row) => [...row])).toEqual([[1], [2], [3]].map((history) => scoresOf(history, 0)));
    await createMicroBatcher({ ranker, clock, hasTimes: false }).close();
  });

  it('waits for a fuller batch only where it is told to, and not once it is full', async () => {
    const { ranker, calls } = steppedRanker();
    const batcher = createMicroBatcher({ ranker, clock, hasTimes: false, batchRowsMax: 2, waitMsMax: 60_000 });
    const first = batcher.score(request([1]));
    await turn();
    expect(calls.length).toBe(0);
    const second = batcher.score(request([2]));
    await turn();
    expect(calls[0]!.batch.histories.length).toBe(2);
    calls[0]!.answer();
    await Promise.all([first, second]);
  });

  it('refuses a ranker that answers with the wrong number of scores', async () => {
    const ranker: Ranker = { name: 'short', itemCount, score: async () => new Float32Array(itemCount - 1) };
    const batcher = createMicroBatcher({ ranker, clock, hasTimes: false });
    await expect(batcher.score(request([1]))).rejects.toMatchObject({ code: 'SCORE_COUNT' });
  });

  it('reports rows, padding and failure of each call', async () => {
    const events: BatchEvent[] = [];
    const { ranker, calls } = steppedRanker();
    const batcher = createMicroBatcher({ ranker, clock, hasTimes: false, onBatch: (event) => events.push(event) });
    const both = Promise.all([batcher.score(request([1, 2, 3])), batcher.score(request([4]))]);
    await serve(calls, both);
    expect(events).toMatchObject([{ rows: 2, cells: 6, paddedCells: 2, failed: false }]);
  });
});
