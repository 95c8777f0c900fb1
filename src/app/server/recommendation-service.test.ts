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

  it('goes on from the live history of a user, and from the data set where there is none', async () => {
    const liveHistories = {
      historyOf: async (userId: string) => (userId === 'user-3' ? ['item-20', 'new-post', { itemId: 'item-21' }] : []),
    };
    const service = ringService({ liveHistories });
    const live = await service.recommend({ userId: 'user-3', k: 1, exclude: [], excludeSeen: true });
    expect(live).toMatchObject({ items: [{ itemId: 'item-22' }], source: 'model', historyLength: 2, unknownItemCount: 1 });
    const stored = await service.recommend({ userId: 'user-4', k: 1, exclude: [], excludeSeen: true });
    expect(stored).toMatchObject({ items: [{ itemId: 'item-17' }], source: 'model', historyLength: 5 });
    expect(await service.recommend({ userId: 'nobody', k: 1, exclude: [], excludeSeen: true })).toMatchObject({ reason: 'unknown-user' });
  });

  it('adds what is later than the stored history, where both have times', async () => {
    const data = ringData(true);
    const lastMs = data.timesMs![data.offsets[4]! - 1]!;
    const entry = (itemId: string, timeMs: number) => ({ itemId, timeMs });
    const liveHistories = {
      historyOf: async () => [
        entry('item-1', lastMs - 1),
        entry('item-2', lastMs),
        entry('item-20', lastMs + 1),
        entry('unknown', lastMs + 2),
      ],
    };
    const ranker = ringRanker();
    const service = ringService({ data, liveHistories, ranker });
    const answer = await service.recommend({ userId: 'user-3', k: 1, exclude: [], excludeSeen: true });
    const stored = [...data.items.subarray(data.offsets[3]!, data.offsets[4]!)];
    expect(answer).toMatchObject({ items: [{ itemId: 'item-21' }], historyLength: stored.length + 1, unknownItemCount: 1 });
    expect([...ranker.batches[0]!.histories[0]!]).toEqual([...stored, 20]);
    // Someone new has only the live one.
    expect(await service.recommend({ userId: 'new', k: 1, exclude: [], excludeSeen: true })).toMatchObject({ historyLength: 3 });
  });

  it('leaves out what is not available at the moment', async () => {
    let unavailable = Int32Array.of(2, 3);
    const service = ringService({ unavailableItems: () => unavailable });
    const first = async () => (await service.recommend({ ...request, k: 1 })).items[0]!.itemId;
    expect(await first()).toBe('item-4');
    unavailable = Int32Array.of(2);
    expect(await first()).toBe('item-3');
  });
});
