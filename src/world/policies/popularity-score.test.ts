import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from './platform-view.ts';
import { topByScore } from './popularity-score.ts';

const candidate = (number: number, score: number) => ({ number, score }) as Candidate;

describe('topByScore', () => {
  it('is the head of the list sorted by score, newer first among equals', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 80 }), fc.nat(40), (scores, count) => {
        const candidates = scores.map((score, number) => candidate(number, score));
        const sorted = candidates.toSorted((a, b) => b.score - a.score || b.number - a.number);
        expect(topByScore(candidates, count)).toEqual(sorted.slice(0, count));
      }),
    );
  });
});
