import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCounterRandom } from '../../base/counter-random.ts';
import type { Candidate } from './platform-view.ts';
import { sampleSlots, type SlotSource } from './slot-sampler.ts';

const CANDIDATES: readonly Candidate[] = Array.from({ length: 9 }, (_, number) => ({
  kind: 'content',
  id: `p${number}`,
  number,
  languages: 1,
  tags: [],
  instruments: [],
  authorId: null,
  needs: 0,
  names: [],
  asset: '',
  score: 0,
  retired: false,
}));

/** Sources that overlap, anew each time: sampling uses their weights up. */
const sources = (): SlotSource[] => [
  { share: 0.5, candidates: [3, 1, 0].map((at) => CANDIDATES[at]!), weights: [4, 2, 1] },
  { share: 0.2, candidates: [1, 6].map((at) => CANDIDATES[at]!), weights: [1, 1] },
  { share: 0.3, candidates: CANDIDATES.slice(1), holds: ({ number }) => number > 0 },
];

describe('sampleSlots', () => {
  it('gives each page the chance that the propensities of its places say', () => {
    const random = createCounterRandom();
    const pages = 60_000;
    const counts = new Map<string, { seen: number; chance: number }>();
    for (let page = 0; page < pages; page++) {
      random.reset(5, page, 0, 0);
      const choices = sampleSlots(random, sources(), 2);
      const key = choices.map(({ candidate }) => candidate.id).join(' ');
      const count = counts.get(key) ?? { seen: 0, chance: choices[0]!.propensity * choices[1]!.propensity };
      expect(choices[0]!.propensity * choices[1]!.propensity).toBeCloseTo(count.chance, 12);
      count.seen++;
      counts.set(key, count);
    }
    expect([...counts.values()].reduce((sum, { chance }) => sum + chance, 0)).toBeCloseTo(1, 9);
    expect(counts.size).toBe(9 * 8);
    for (const { seen, chance } of counts.values()) {
      expect(Math.abs(seen - pages * chance)).toBeLessThan(5 * Math.sqrt(pages * chance) + 1);
    }
  });

  it('fills what it can, nothing twice, and says 1 where there was no choice', () => {
    const random = createCounterRandom();
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(14), (place, count) => {
        random.reset(6, place, 0, 0);
        const choices = sampleSlots(random, sources(), count);
        expect(choices).toHaveLength(Math.min(count, 9));
        expect(new Set(choices.map(({ candidate }) => candidate)).size).toBe(choices.length);
        for (const { propensity } of choices) expect(propensity > 0 && propensity <= 1).toBe(true);
        if (count >= 9) expect(choices[8]!.propensity).toBeCloseTo(1, 12);
      }),
    );
    expect(sampleSlots(random, [{ share: 1, candidates: [], weights: [] }], 3)).toEqual([]);
  });
});
