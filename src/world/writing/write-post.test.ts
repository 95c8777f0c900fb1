import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCounterRandom } from '../../base/counter-random.ts';
import { chooseAssets } from '../markets/assets.ts';
import { LANGUAGES, type Language } from './languages.ts';
import { POST_KINDS } from './post-kinds.ts';
import { parseTemplate } from './template.ts';
import { naiveBayesAccuracy } from './text-classifier.fixture.ts';
import { TOPICS } from './topics.ts';
import { writePost, type PostPlan } from './write-post.ts';

const random = createCounterRandom();
const assets = chooseAssets(60);

/** A plan drawn at a place: everything independent of everything else, instruments too, so that no classifier can take a short cut. */
function planAt(number: number, language: Language): PostPlan {
  random.reset(77, number, 0, 0);
  const kind = POST_KINDS[random.integer(POST_KINDS.length)]!;
  return {
    topic: random.integer(TOPICS.length),
    kind,
    instruments: Array.from({ length: random.integer(3) }, () => assets[random.integer(assets.length)]!),
    stance: (random.integer(3) - 1) as -1 | 0 | 1,
    quality: random.next() < 0.5 ? 0.15 : 0.85,
    hype: random.next() < 0.5 ? 0.1 : 0.9,
    language,
  };
}

function postAt(number: number, plan: PostPlan) {
  random.reset(78, number, 0, 0);
  return writePost(random, plan);
}

const planArbitrary: fc.Arbitrary<PostPlan> = fc.record({
  topic: fc.nat(TOPICS.length - 1),
  kind: fc.constantFrom(...POST_KINDS),
  instruments: fc.uniqueArray(fc.constantFrom(...assets), { maxLength: 5 }),
  stance: fc.constantFrom(-1, 0, 1),
  quality: fc.double({ min: 0, max: 1, noNaN: true }),
  hype: fc.double({ min: 0, max: 1, noNaN: true }),
  language: fc.constantFrom(...LANGUAGES),
});

describe('writePost', () => {
  it('gives whole sentences of moderate length, every slot filled, every instrument named, for any plan', () => {
    fc.assert(
      fc.property(planArbitrary, fc.nat(), (plan, number) => {
        const { title, text, tags } = postAt(number, plan);
        expect(`${title} ${text}`).not.toMatch(/[{}]|undefined|NaN/);
        expect(title.length).toBeGreaterThan(3);
        const length = plan.language === 'en' ? text.split(' ').length : text.length / 2.2;
        expect(length).toBeGreaterThan(11);
        expect(length).toBeLessThan(100);
        for (const { base } of plan.instruments) expect(text).toContain(`$${base}`);
        expect(tags).toEqual([TOPICS[plan.topic]!.id, ...plan.instruments.map(({ base }) => base.toLowerCase())]);
        if (plan.language === 'zh') expect(text).toMatch(/[\u4e00-\u9fff]{4}/);
      }),
    );
  });

  it('gives the same text for the same plan and place, whatever was written before', () => {
    fc.assert(
      fc.property(planArbitrary, planArbitrary, fc.nat(), (plan, other, number) => {
        const first = postAt(number, plan);
        postAt(number + 1, other);
        expect(postAt(number, plan)).toEqual(first);
      }),
    );
  });

  it('writes the same posts on any machine', () => {
    const hash = createHash('sha256');
    for (let number = 0; number < 2_000; number++) hash.update(JSON.stringify(postAt(number, planAt(number, LANGUAGES[number % 2]!))));
    expect(hash.digest('hex')).toBe('a2cb6a8cecc1429b67493262b2d8f3dd393a30a3c4a2022170fc0cb9b4ee4450');
  });

  it('says what a leader earned, once and the same everywhere', () => {
    const plan: PostPlan = { ...planAt(1, 'en'), kind: 'leader-report', leaderReturn: -0.1234, hype: 0 };
    const { title, text } = postAt(1, plan);
    expect([title.includes('-12.3%'), text.includes('-12.3%')]).toEqual([true, true]);
    const { leaderReturn: _, ...without } = plan;
    const drawn = postAt(2, without);
    expect(drawn.text).toContain(/[+-]\d+\.\d%/.exec(drawn.title)![0]);
  });

  it.each(LANGUAGES)('does not say the same sentence twice in a row in %s, however poor it is', (language) => {
    for (let number = 0; number < 500; number++) {
      const { text } = postAt(number, { ...planAt(number, language), quality: 0, hype: 0 });
      const sentences = text.split(/(?<=[.!?。！？])\s*/);
      for (const [at, sentence] of sentences.entries()) expect(sentence).not.toBe(sentences[at + 1]);
    }
  });

  it.each(LANGUAGES)('is varied: in %s thousands of sentences, hardly a text twice', (language) => {
    const texts = new Set<string>();
    const sentences = new Set<string>();
    for (let number = 0; number < 5_000; number++) {
      const { text } = postAt(number, planAt(number, language));
      texts.add(text);
      for (const sentence of text.split(/(?<=[.!?。！？])\s*/)) sentences.add(sentence);
    }
    expect(texts.size).toBeGreaterThan(4_990);
    expect(sentences.size).toBeGreaterThan(8_000);
  });

  // A model must have something to learn, and the truth must not be written on its forehead: the bars are what naive Bayes reaches, less a little.
  it.each([
    ['en', 'topic', ({ topic }: PostPlan) => topic, 0.9],
    ['zh', 'topic', ({ topic }: PostPlan) => topic, 0.9],
    ['en', 'kind', ({ kind }: PostPlan) => POST_KINDS.indexOf(kind), 0.85],
    ['zh', 'kind', ({ kind }: PostPlan) => POST_KINDS.indexOf(kind), 0.85],
    ['en', 'stance', ({ stance }: PostPlan) => stance + 1, 0.85],
    ['zh', 'stance', ({ stance }: PostPlan) => stance + 1, 0.85],
    ['en', 'quality', ({ quality }: PostPlan) => Math.round(quality), 0.8],
    ['zh', 'quality', ({ quality }: PostPlan) => Math.round(quality), 0.8],
    ['en', 'hype', ({ hype }: PostPlan) => Math.round(hype), 0.85],
    ['zh', 'hype', ({ hype }: PostPlan) => Math.round(hype), 0.85],
  ] as const)('in %s shows its %s to a plain classifier', (language, _, label, bar) => {
    const labelled = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => {
        const plan = planAt(from + at, language);
        const { title, text } = postAt(from + at, plan);
        return { text: `${title} ${text}`, label: label(plan) };
      });
    const accuracy = naiveBayesAccuracy(labelled(0, 4_000), labelled(4_000, 5_000));
    expect(accuracy).toBeGreaterThan(bar);
  });
});

describe('parseTemplate', () => {
  it('rejects a phrase with a slot that nothing fills', () => {
    expect(() => parseTemplate('up {percent}', ['pct'])).toThrow(RangeError);
  });
});
