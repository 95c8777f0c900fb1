import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, summarize } from './compare.ts';

const atLeast = { metric: 'hr10', operator: '>=', value: 0.31 } as const;
const atMost = { metric: 'p99Ms', operator: '<=', value: 25 } as const;
const none = { metric: 'errors', operator: '=', value: 0 } as const;
const yes = { metric: 'passes', operator: '=', value: true } as const;

describe('compare', () => {
  it.each([
    [atLeast, 0.31, true],
    [atLeast, 0.3099999, false],
    [atLeast, Number.NaN, false],
    [atMost, 25, true],
    [atMost, 25.01, false],
    [atMost, Number.NaN, false],
    [none, 0, true],
    [none, 1, false],
    [none, false, false],
    [yes, true, true],
    [yes, false, false],
    [yes, 1, false],
  ])('%j with %s holds: %s', (condition, figure, holds) => {
    expect(compare([condition], { [condition.metric]: figure })).toMatchObject([{ figure, holds, trend: 'new' }]);
  });

  it('never holds without a figure, not even by an inherited name', () => {
    expect(compare([atLeast], {})).toMatchObject([{ holds: false, figure: undefined, trend: 'new' }]);
    expect(compare([{ metric: 'toString', operator: '=', value: true }], {})).toMatchObject([{ holds: false, figure: undefined }]);
  });

  it.each([
    [atLeast, 0.3, 0.32, 'better'],
    [atLeast, 0.32, 0.3, 'worse'],
    [atLeast, 0.3, 0.301, 'same'],
    [atMost, 20, 10, 'better'],
    [atMost, 10, 20, 'worse'],
    [{ ...atMost, noise: 0.5 }, 10, 14, 'same'],
    [none, 3, 0, 'better'],
    [none, 0, 3, 'worse'],
    [none, 2, 2, 'same'],
    [yes, false, true, 'better'],
    [yes, true, false, 'worse'],
  ] as const)('%j from %s to %s is %s', (condition, last, figure, trend) => {
    expect(compare([condition], { [condition.metric]: figure }, { [condition.metric]: last })).toMatchObject([{ trend }]);
  });

  it('calls a change better one way exactly when it is worse the other way, past the noise', () => {
    const far = fc
      .tuple(fc.double({ min: 1, max: 1e6 }), fc.double({ min: 1, max: 1e6 }))
      .filter(([a, b]) => Math.abs(a - b) > 0.05 * Math.max(a, b));
    fc.assert(
      fc.property(far, fc.constantFrom(atLeast, atMost), ([first, second], condition) => {
        const there = compare([condition], { [condition.metric]: second }, { [condition.metric]: first })[0]!.trend;
        const back = compare([condition], { [condition.metric]: first }, { [condition.metric]: second })[0]!.trend;
        expect([there, back].toSorted()).toEqual(['better', 'worse']);
      }),
    );
  });
});

describe('summarize', () => {
  it('takes the median of numbers, the lower of two, and all of truths', () => {
    const runs = [
      { ms: 3, ok: true, lost: 1 },
      { ms: 100, ok: true },
      { ms: 2, ok: false, lost: 1 },
    ];
    expect(summarize(runs)).toEqual({ ms: 3, ok: false });
    expect(summarize(runs.slice(0, 2))).toEqual({ ms: 3, ok: true });
    expect(summarize([])).toEqual({});
  });
});
