import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCounterRandom } from '../../base/counter-random.ts';
import { chooseAssets } from '../markets/assets.ts';
import { INSTRUMENT_KINDS } from '../markets/instruments.ts';
import { LANGUAGES } from './languages.ts';
import { readQuery } from './read-query.ts';
import { TOPICS } from './topics.ts';
import { makeTypo } from './typos.ts';
import { writeQuery, writeQueryText, type QueryPlan } from './write-query.ts';

const random = createCounterRandom();
const assets = chooseAssets(60);
const nothing = { topic: null, instrument: null, feature: null, typos: 0, more: false } as const;
const at = (number: number) => random.reset(5, number, 0, 0);

const plan: fc.Arbitrary<QueryPlan> = fc.record({
  topic: fc.option(fc.nat(TOPICS.length - 1)),
  instrument: fc.option(
    fc.tuple(fc.constantFrom(...assets), fc.constantFrom(...INSTRUMENT_KINDS)).map(([asset, kind]) => ({ ...asset, kind })),
  ),
  feature: fc.option(fc.constant({ nameEn: 'Grid bot', nameZh: '网格机器人' })),
  language: fc.constantFrom(...LANGUAGES),
  typos: fc.double({ min: 0, max: 3, noNaN: true }),
  more: fc.boolean(),
});

/** Fewest insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity;
      rows[i]![j] = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1), swapped);
    }
  }
  return rows[a.length]![b.length]!;
}

describe('writeQuery', () => {
  it('names what is looked for, so that a keyword search finds it where no key slipped', () => {
    for (const language of LANGUAGES) {
      for (let number = 0; number < 600; number++) {
        const topic = number % TOPICS.length;
        at(number);
        expect(
          [writeQuery(random, { ...nothing, topic, language, more: number % 2 === 0 })].map((query) =>
            readQuery(query).topics.includes(topic),
          ),
        ).toEqual([true]);
        const asset = assets[number % assets.length]!;
        const instrument = { ...asset, kind: 'perpetual' } as const;
        expect(readQuery(writeQuery(random, { ...nothing, instrument, language, more: number % 2 === 0 })).instruments).toContain(
          asset.base,
        );
      }
    }
  });

  it('names a feature before all else', () => {
    const feature = { nameEn: 'Copy trading', nameZh: '跟单交易' };
    expect(writeQuery(random, { ...nothing, feature, topic: 1, language: 'en' })).toBe('copy trading');
    expect(writeQuery(random, { ...nothing, feature, topic: 1, language: 'zh' })).toBe('跟单交易');
  });

  it('is never empty, repeats itself at a place, and stays near what was meant', () => {
    fc.assert(
      fc.property(plan, fc.nat(), (wanted, number) => {
        at(number);
        const { text, cleanText } = writeQueryText(random, wanted);
        expect(text.trim().length).toBeGreaterThan(0);
        expect(distance(text, cleanText)).toBeLessThanOrEqual(3);
        at(number);
        expect(writeQuery(random, wanted)).toBe(text);
      }),
    );
  });

  it('slips as often as asked', () => {
    let slips = 0;
    for (let number = 0; number < 4_000; number++) {
      at(number);
      const { text, cleanText } = writeQueryText(random, { ...nothing, topic: number % TOPICS.length, language: 'en', typos: 0.2 });
      if (text !== cleanText) slips++;
    }
    // 1 − e^−0.2, less the slips that change nothing (a space, a digit).
    expect(slips / 4_000).toBeGreaterThan(0.15);
    expect(slips / 4_000).toBeLessThan(0.2);
  });

  it('writes the same queries on any machine', () => {
    const hash = createHash('sha256');
    for (let number = 0; number < 3_000; number++) {
      at(number);
      const instrument = { ...assets[number % assets.length]!, kind: INSTRUMENT_KINDS[number % 5]! };
      hash.update(
        `${writeQuery(random, { ...nothing, topic: number % TOPICS.length, instrument: number % 3 === 0 ? instrument : null, language: LANGUAGES[number % 2]!, typos: 0.5, more: number % 4 === 0 })}\n`,
      );
    }
    expect(hash.digest('hex')).toBe('7ac8f2685fb60b1a74095f4d86bb9f2409b56b903b0e61dc5e687cc7cf1073fa');
  });
});

describe('makeTypo', () => {
  it('makes one slip at most, and keeps the first letter', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z ]{2,20}$/), fc.nat(), (text, number) => {
        at(number);
        const typed = makeTypo(random, text);
        expect(distance(text, typed)).toBeLessThanOrEqual(1);
        expect(typed[0]).toBe(text[0]);
      }),
    );
  });

  it('makes slips of all kinds, in Chinese with characters that sound alike', () => {
    const seen = new Set<string>();
    const chinese = new Set<string>();
    for (let number = 0; number < 2_000; number++) {
      at(number);
      seen.add(makeTypo(random, 'bitcoin'));
      chinese.add(makeTypo(random, '以太坊'));
    }
    for (const slip of ['bticoin', 'bicoin', 'bittcoin', 'nitcoin', 'bitcoun'])
      expect([slip, seen.has(slip)]).toEqual([slip, slip !== 'nitcoin']);
    for (const slip of ['已太坊', '以太方', '以坊']) expect([slip, chinese.has(slip)]).toEqual([slip, true]);
  });

  it('leaves alone what is too short to be mistyped', () => {
    expect([makeTypo(random, ''), makeTypo(random, 'a'), makeTypo(random, '币').length]).toEqual(['', 'a', 1]);
  });
});

describe('readQuery', () => {
  it('finds names of topics and assets in either language, whole words only', () => {
    expect(readQuery('BTC price')).toEqual({ topics: [], instruments: ['BTC'] });
    expect(readQuery('btc-usdt')).toEqual({ topics: [], instruments: ['BTC'] });
    expect(readQuery('btc价格')).toEqual({ topics: [], instruments: ['BTC'] });
    expect(readQuery('how does copy trading work')).toEqual({
      topics: [TOPICS.findIndex(({ id }) => id === 'copy-trading')],
      instruments: [],
    });
    expect(readQuery('比特币期权教程')).toEqual({ topics: [0, TOPICS.findIndex(({ id }) => id === 'options')], instruments: ['BTC'] });
    expect(readQuery('operate')).toEqual({ topics: [], instruments: [] });
    expect(readQuery('bitcion')).toEqual({ topics: [], instruments: [] });
  });

  it('reads any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(readQuery(text).topics.every(Number.isInteger)).toBe(true);
      }),
    );
  });
});
