import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { mixRequests } from './request-mix.ts';
import { stubData } from './stub-data.ts';

describe('mixRequests', () => {
  it('is half users, half true histories cut short, the same for the same seed', () => {
    const data = stubData();
    const make = (seed: number) => mixRequests(data, createRandom(seed), { count: 400, k: 7, historyLengthMax: 300 });
    expect(make(1)).toEqual(make(1));
    expect(make(1)).not.toEqual(make(2));
    const requests = make(1).map((body) => JSON.parse(body) as { userId?: string; history?: string[]; k: number });
    const byUser = requests.filter(({ userId }) => userId !== undefined);
    const byHistory = requests.filter(({ history }) => history !== undefined);
    expect(byUser.length + byHistory.length).toBe(400);
    expect(Math.abs(byUser.length - 200)).toBeLessThan(50);
    expect(requests.every(({ k }) => k === 7)).toBe(true);
    const joined = new Set(
      data.userIds
        .map((_, user) => [...data.items.subarray(data.offsets[user], data.offsets[user + 1])].map((item) => data.itemIds[item]))
        .map(String),
    );
    const all = [...joined].join('|');
    for (const { history } of byHistory.slice(0, 20)) {
      expect(history!.length).toBeGreaterThan(0);
      expect(history!.length).toBeLessThanOrEqual(300);
      expect(all).toContain(history!.join(','));
    }
    expect(new Set(byHistory.map(({ history }) => history!.length)).size).toBeGreaterThan(20);
  });
});
