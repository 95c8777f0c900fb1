import { describe, expect, it } from 'vitest';
import { ringData, ringRanker, ringService } from './server.fixture.ts';

const request = { history: ['item-1'], k: 30, exclude: [], excludeSeen: true };

describe('createRecommendationService', () => {
  it('refuses parts that do not fit together', () => {
    const data = ringData();
    const short = new Float32Array(29);
    expect(() => ringService({ ranker: { ...ringRanker(), itemCount: 29 } })).toThrow(/ranker is for 29 items, the data has 30/);
    expect(() => ringService({ popularity: short })).toThrow(/popularity is for 29 items/);
    expect(() => ringService({ data: { ...data, itemTitles: ['one'] } })).toThrow(/itemTitles is for 1 items/);
    expect(() => ringService({ data: { ...data, userIds: data.userIds.map(() => 'same') } })).toThrow(/user id "same" stands twice/);
  });

  it('never recommends what the model scores as not finite', async () => {
    const scores = Float32Array.from({ length: 30 }, (_, item) => [item, -Infinity, Number.NaN][item % 3]!);
    const ranker = { ...ringRanker(), score: async () => scores };
    const { items, shortBy } = await ringService({ ranker }).recommend(request);
    expect(items.map(({ itemId }) => itemId)).toEqual([27, 24, 21, 18, 15, 12, 9, 6, 3, 0].map((item) => `item-${item}`));
    expect(shortBy).toBe(20);
  });

  it('takes another popularity than the counts where one is given', async () => {
    const popularity = Float32Array.from({ length: 30 }, (_, item) => (item === 17 ? 1 : 0));
    const answer = await ringService({ popularity }).recommend({ ...request, history: [], k: 2 });
    expect(answer.items.map(({ itemId }) => itemId)).toEqual(['item-17', 'item-0']);
  });
});
