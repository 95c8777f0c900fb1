import { describe, expect, it } from 'vitest';
import { negativeFeeds } from './negative-sampling.ts';
import type { SequenceBatch } from './sequence-batches.ts';

const train = {
  userCount: 1,
  itemCount: 5,
  offsets: Int32Array.of(0, 11),
  // Counts with one added: 8, 1, 2, 3, 2.
  items: Int32Array.of(0, 0, 0, 0, 0, 0, 0, 2, 3, 3, 4),
  timesMs: null,
};
const targetItems = Int32Array.from({ length: 4000 }, (_, at) => 1 + (at % 5));
const batch: SequenceBatch = { batchSize: 1, length: 4000, items: targetItems, seconds: null, positions: targetItems, targetItems };

describe('negatives', () => {
  it('bce: uniform over all items but the target of the row', () => {
    const { data, shape } = negativeFeeds(train, { kind: 'bce', negatives: 3 }, 1)(batch, 1)['negatives']!;
    expect(shape).toEqual([4000, 3]);
    const counts = new Map<string, number>();
    for (let at = 0; at < data.length; at++) {
      const key = `${targetItems[Math.floor(at / 3)]} ${data[at]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (let target = 1; target <= 5; target++) {
      expect(counts.has(`${target} ${target}`)).toBe(false);
      for (let item = 1; item <= 5; item++) if (item !== target) expect(counts.get(`${target} ${item}`)! / 2400).toBeCloseTo(0.25, 1);
    }
  });

  it('sampled softmax: drawn by popularity, with the log-probabilities of the draw', () => {
    const feeds = negativeFeeds(train, { kind: 'sampled-softmax', negatives: 8000, sampling: 'popularity' }, 1)(batch, 1);
    const expected = [8, 1, 2, 3, 2].map((count) => count / 16);
    for (let item = 1; item <= 5; item++) {
      const share = (feeds['negatives']!.data as Int32Array).filter((drawn) => drawn === item).length / 8000;
      expect(Math.abs(share - expected[item - 1]!)).toBeLessThan(0.02);
    }
    (feeds['negatives']!.data as Int32Array).forEach((item, at) =>
      expect(feeds['negativeLogQ']!.data[at]).toBeCloseTo(Math.log(expected[item - 1]!), 5),
    );
    targetItems.forEach((item, at) => expect(feeds['targetLogQ']!.data[at]).toBeCloseTo(Math.log(expected[item - 1]!), 5));
  });

  it('lists: uniform over all items, one draw for all lists of a step', () => {
    const { data, shape } = negativeFeeds(train, { kind: 'list', loss: { kind: 'softmax' }, negatives: 8000 }, 1)(batch, 1)['negatives']!;
    expect(shape).toEqual([8000]);
    for (let item = 1; item <= 5; item++) {
      const share = (data as Int32Array).filter((drawn) => drawn === item).length / 8000;
      expect(Math.abs(share - 0.2)).toBeLessThan(0.02);
    }
  });

  it('follow from seed and step', () => {
    const draw = (seed: number, step: number) =>
      negativeFeeds(train, { kind: 'sampled-softmax', negatives: 50, sampling: 'uniform' }, seed)(batch, step)['negatives'];
    expect(draw(1, 1)).toEqual(draw(1, 1));
    expect(draw(1, 1)).not.toEqual(draw(1, 2));
    expect(draw(1, 1)).not.toEqual(draw(2, 1));
    expect(negativeFeeds(train, { kind: 'full-softmax' }, 1)(batch, 1)).toEqual({});
  });
});
