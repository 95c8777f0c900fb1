import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InteractionSequences } from '../interaction-sequences.ts';
import { batchCount, sequenceBatches, type SequenceBatch, type SequenceBatchOptions } from './sequence-batches.ts';

/** Users with items numbered through, so that an item tells its user and place. */
function numbered(lengths: readonly number[], times = false): InteractionSequences {
  const offsets = Int32Array.from([0, ...lengths]);
  for (let user = 0; user < lengths.length; user++) offsets[user + 1]! += offsets[user]!;
  const total = offsets[lengths.length]!;
  return {
    userCount: lengths.length,
    itemCount: total,
    offsets,
    items: Int32Array.from({ length: total }, (_, at) => at),
    timesMs: times ? Float64Array.from({ length: total }, (_, at) => 1e12 + at * 5000) : null,
  };
}

/** Pairs (item, next item) that a batch teaches. */
function pairs({ items, positions, targetItems }: SequenceBatch): [number, number][] {
  return Array.from(positions, (position, at) => [items[position]! - 1, targetItems[at]! - 1]);
}

const lengthsArbitrary = fc.array(fc.nat(40), { minLength: 1, maxLength: 30 });
const options = (windows: SequenceBatchOptions['windows']): SequenceBatchOptions => ({ batchSize: 4, maxLength: 8, windows, seed: 3 });

describe('sequence batches', () => {
  it('cover: every event of every user is a target, of the event before it', () => {
    fc.assert(
      fc.property(lengthsArbitrary, fc.nat(5), (lengths, epoch) => {
        const sequences = numbered(lengths);
        const taught = new Set(
          [...sequenceBatches(sequences, options('cover'), epoch)]
            .flatMap(pairs)
            .map(([item, next]) => (expect(next).toBe(item + 1), next)),
        );
        const expected = lengths.flatMap((length, user) =>
          Array.from({ length: Math.max(0, length - 1) }, (_, at) => sequences.offsets[user]! + at + 1),
        );
        expect([...taught].sort((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('last: one window a user, its latest events', () => {
    const sequences = numbered([20, 5, 1]);
    const taught = [...sequenceBatches(sequences, options('last'), 0)].flatMap(pairs).map(([, next]) => next);
    expect(taught.sort((a, b) => a - b)).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 24]);
  });

  it('one: one window of full length a long history, another place in another epoch', () => {
    const sequences = numbered([200]);
    const firsts = [0, 1, 2, 3].map((epoch) => pairs([...sequenceBatches(sequences, options('one'), epoch)][0]!)[0]![0]);
    expect(new Set(firsts).size).toBeGreaterThan(1);
  });

  it('pads on the right with 0 and keeps within the bounds', () => {
    fc.assert(
      fc.property(lengthsArbitrary, (lengths) => {
        for (const batch of sequenceBatches(numbered(lengths), options('cover'), 0)) {
          expect(batch.batchSize).toBeLessThanOrEqual(4);
          expect(batch.length).toBeLessThanOrEqual(8);
          for (let row = 0; row < batch.batchSize; row++) {
            const items = [...batch.items.subarray(row * batch.length, (row + 1) * batch.length)];
            const padding = items.indexOf(0);
            if (padding >= 0) expect(items.slice(padding).every((item) => item === 0)).toBe(true);
            expect(padding).not.toBe(0);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are the same for the same seed and epoch, others otherwise, and go on from any batch', () => {
    const sequences = numbered(Array.from({ length: 40 }, (_, user) => 3 + ((user * 7) % 30)));
    const all = (seed: number, epoch: number, from = 0) => [...sequenceBatches(sequences, { ...options('cover'), seed }, epoch, from)];
    expect(all(3, 1)).toEqual(all(3, 1));
    expect(all(3, 1, 5)).toEqual(all(3, 1).slice(5));
    expect(all(3, 1)).not.toEqual(all(3, 2));
    expect(all(3, 1)).not.toEqual(all(4, 1));
    expect(batchCount(sequences, options('cover'), 1)).toBe(all(3, 1).length);
  });

  it('gives seconds since the first event, the target of the last position included', () => {
    const [batch] = [...sequenceBatches(numbered([4, 2], true), options('cover'), 0)];
    const width = batch!.length + 1;
    const rows = Array.from({ length: batch!.batchSize }, (_, row) => [...batch!.seconds!.subarray(row * width, (row + 1) * width)]);
    expect(rows.sort((a, b) => a[2]! - b[2]!)).toEqual([
      [0, 5, 5, 5],
      [0, 5, 10, 15],
    ]);
  });
});
