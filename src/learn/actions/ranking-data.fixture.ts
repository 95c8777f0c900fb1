import { createRandom } from '../../base/random.ts';
import type { ActionSequences, SubjectTable } from './action-sequences.ts';
import { fitActions } from './fit-actions.ts';
import { hashGrams } from './hashed-grams.ts';
import type { ImpressionLists, TaskLabels } from './impression-lists.ts';
import { momentsOfPages } from './moment-features.ts';
import type { RankingSource } from './ranking-feeds.ts';
import { subjectFeatures } from './subject-features.ts';

/** Sizes of {@link someRankingData}. */
export interface SomeRankingOptions {
  readonly seed?: number;
  readonly users?: number;
  readonly subjects?: number;
  readonly actionsMax?: number;
  readonly pagesMax?: number;
  readonly candidatesMax?: number;
}

const DAY_MS = 86_400_000;

/**
 * Users with a liking for one of four tags, who act on what bears it and click candidates that bear it nine times in ten,
 * others once in ten; a second task, `buy`, exists for every other subject and follows the click.
 */
export function someRankingData(options: SomeRankingOptions = {}) {
  const { seed = 1, users = 30, subjects = 40, actionsMax = 20, pagesMax = 4, candidatesMax = 6 } = options;
  const random = createRandom(seed, 'ranking data');
  const tagOf = (subject: number) => subject % 4;
  const columns = { subjects: [], actions: [], surfaces: [], timesMs: [], values: [], queries: [] } as Record<string, number[]>;
  const offsets = [0];
  const pages = { offsets: [0], users: [], timesMs: [], surfaces: [], queries: [], visible: [], subjects: [], positions: [] } as Record<
    string,
    number[]
  >;
  const labels: Record<'click' | 'buy', number[]> = { click: [], buy: [] };
  for (let user = 0; user < users; user++) {
    const liked = random.integer(4);
    const count = random.integer(actionsMax + 1);
    const times = Array.from({ length: count }, () => random.integer(DAY_MS)).sort((a, b) => a - b);
    for (const timeMs of times) {
      const isQuery = random.next() < 0.2;
      columns['subjects']!.push(isQuery ? -1 : liked + 4 * random.integer(subjects / 4));
      columns['actions']!.push(isQuery ? 2 : random.integer(2));
      columns['surfaces']!.push(random.integer(3));
      columns['timesMs']!.push(timeMs);
      columns['values']!.push(random.next() < 0.5 ? NaN : random.next() * 30);
      columns['queries']!.push(isQuery ? liked : -1);
    }
    offsets.push(columns['subjects']!.length);
    const asked = Array.from({ length: 1 + random.integer(pagesMax) }, () => random.integer(DAY_MS)).sort((a, b) => a - b);
    for (const timeMs of asked) {
      pages['users']!.push(user);
      pages['timesMs']!.push(timeMs);
      pages['surfaces']!.push(random.integer(3));
      pages['queries']!.push(random.next() < 0.2 ? random.integer(4) : -1);
      pages['visible']!.push(times.filter((time) => time < timeMs).length);
      for (let position = 0, size = 1 + random.integer(candidatesMax); position < size; position++) {
        const subject = random.integer(subjects);
        const clicked = random.next() < (tagOf(subject) === liked ? 0.9 : 0.1);
        pages['subjects']!.push(subject);
        pages['positions']!.push(position);
        labels.click.push(clicked ? 1 : 0);
        labels.buy.push(subject % 2 === 0 ? (clicked && random.next() < 0.5 ? 1 : 0) : NaN);
      }
      pages['offsets']!.push(pages['subjects']!.length);
    }
  }
  const sequences: ActionSequences = {
    vocabulary: {
      actions: ['click', 'adopt', 'query'],
      domains: ['content', 'feature', 'search'],
      domainOfAction: Uint8Array.of(0, 1, 2),
      surfaces: ['', 'feed', 'search'],
      kinds: ['content', 'feature'],
    },
    userCount: users,
    offsets: Int32Array.from(offsets),
    subjects: Int32Array.from(columns['subjects']!),
    actions: Uint8Array.from(columns['actions']!),
    surfaces: Uint8Array.from(columns['surfaces']!),
    timesMs: Float64Array.from(columns['timesMs']!),
    values: Float32Array.from(columns['values']!),
    queries: Int32Array.from(columns['queries']!),
    queryTexts: ['alpha', 'beta', 'gamma', 'delta'],
  };
  const table: SubjectTable = {
    count: subjects,
    keys: Array.from({ length: subjects }, (_, at) => `content:p${at}`),
    kinds: Uint8Array.from({ length: subjects }, (_, at) => at % 2),
    texts: Array.from({ length: subjects }, (_, at) => `${['alpha', 'beta', 'gamma', 'delta'][tagOf(at)]} number ${at}`),
    authors: Int32Array.from({ length: subjects }, (_, at) => (at % 5 === 0 ? -1 : at % 3)),
    authorIds: ['anna', 'ben', 'carl'],
    tagNames: ['a', 'b', 'c', 'd'],
    tags: {
      offsets: Int32Array.from({ length: subjects + 1 }, (_, at) => at),
      values: Int32Array.from({ length: subjects }, (_, at) => tagOf(at)),
    },
    mentions: { offsets: new Int32Array(subjects + 1), values: new Int32Array(0) },
    createdMs: new Float64Array(subjects),
    embeddings: null,
  };
  const lists: ImpressionLists = {
    listCount: pages['users']!.length,
    offsets: Int32Array.from(pages['offsets']!),
    users: Int32Array.from(pages['users']!),
    timesMs: Float64Array.from(pages['timesMs']!),
    surfaces: Uint8Array.from(pages['surfaces']!),
    queries: Int32Array.from(pages['queries']!),
    visible: Int32Array.from(pages['visible']!),
    subjects: Int32Array.from(pages['subjects']!),
    positions: Uint16Array.from(pages['positions']!),
    propensities: new Float32Array(pages['subjects']!.length).fill(NaN),
  };
  const grams = { buckets: 64, gramsMax: 6 };
  const source: RankingSource = {
    sequences,
    pages: lists,
    subjects: subjectFeatures(table, {
      ...grams,
      known: () => true,
      knownAuthor: () => true,
      idBuckets: subjects,
      authorBuckets: 8,
      topicBuckets: 32,
    }),
    queryGrams: hashGrams(sequences.queryTexts, grams),
    fitted: fitActions(sequences),
    moments: momentsOfPages(sequences, lists),
  };
  const taskLabels: TaskLabels = { click: Float32Array.from(labels.click), buy: Float32Array.from(labels.buy) };
  return { source, table, labels: taskLabels, all: Int32Array.from({ length: lists.listCount }, (_, at) => at) };
}

/** Sizes that fit {@link someRankingData}. */
export const someVocabulary = {
  actions: 3,
  domains: 3,
  domainOfAction: [0, 1, 2],
  surfaces: 3,
  kinds: 2,
  embeddingDimension: null,
};

/** Small sizes of the parts of a ranking model beside its encoder. */
export const someContent = { idBuckets: 40, authorBuckets: 8, topicBuckets: 32, gramBuckets: 64, gramsMax: 6, gramDimension: 8 };
