import { momentsOfPages } from '../../src/learn/actions/moment-features.ts';
import { createRandom } from '../../src/base/random.ts';
import { writeSafetensors, type SafetensorsTensor } from '../../src/base/safetensors.ts';
import { hashGrams } from '../../src/learn/actions/hashed-grams.ts';
import { rankingFeeds, type RankingSource } from '../../src/learn/actions/ranking-feeds.ts';
import { rankingRows } from '../../src/learn/actions/ranking-rows.ts';
import { contentOptions, subjectFeatures } from '../../src/learn/actions/subject-features.ts';
import type { TensorValue } from '../../src/learn/tensor/program.ts';
import { taskFeeds } from '../../src/learn/training/task-loss.ts';
import { benchActions, benchConfig, benchSubjects, benchVocabulary, feedTasks } from '../score-1000/bench-ranker.ts';

/** What a step is fed: 64 users with 128 actions each, 4 pages of 16 candidates that see more and more of them. */
export const rankerSizes = { rows: 64, length: 128, pages: 4, pageSize: 16, subjects: 20_000 } as const;

/** Batches that both engines go round in. */
export const rankerBatchCount = 4;

/** Batches as training makes them of sequences and pages; subjects are popular in proportion to 1 / rank. */
export function rankerBatches(seed: number, count: number): Record<string, TensorValue>[] {
  const { rows, length, pages, pageSize, subjects } = rankerSizes;
  const { content, encoder } = benchConfig(feedTasks);
  const random = createRandom(seed, 'ranker batches');
  const edges = new Float64Array(subjects);
  for (let id = 0, total = 0; id < subjects; id++) edges[id] = total += 1 / (id + 1);
  const popular = (): number => {
    const wanted = random.next() * edges[subjects - 1]!;
    let [low, high] = [0, subjects - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edges[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const users = rows * count;
  const startMs = Date.UTC(2026, 0, 1);
  const histories = Array.from({ length: users }, (_, user) => benchActions(length, seed * 1000 + user, subjects, startMs));
  const queryTexts = Array.from({ length: 50 }, (_, at) => `query ${at}`);
  const flat = <Value>(of: (history: (typeof histories)[number]) => Iterable<Value>): Value[] =>
    histories.flatMap((history) => [...of(history)]);
  const lists = users * pages;
  const visibleOf = (list: number) => Math.round((length * (1 + (list % pages))) / pages);
  const userOf = (list: number) => Math.floor(list / pages);
  const grams = { buckets: content.gramBuckets, gramsMax: content.gramsMax };
  const read: Omit<RankingSource, 'moments'> = {
    sequences: {
      vocabulary: {
        actions: Array.from({ length: benchVocabulary.actions }, (_, at) => `action ${at}`),
        domains: [],
        domainOfAction: Uint8Array.from(benchVocabulary.domainOfAction),
        surfaces: [],
        kinds: [],
      },
      userCount: users,
      offsets: Int32Array.from({ length: users + 1 }, (_, user) => user * length),
      subjects: Int32Array.from(flat(({ subjects: about }) => Array.from(about, (subject) => (subject === 0 ? -1 : popular())))),
      actions: Uint8Array.from(flat(({ actions }) => actions)),
      surfaces: Uint8Array.from(flat(({ surfaces }) => surfaces)),
      timesMs: Float64Array.from(flat(({ timesMs }) => timesMs)),
      values: Float32Array.from(flat(({ values }) => values)),
      queries: Int32Array.from(flat(({ queries }) => queries.map((text) => (text === null ? -1 : queryTexts.indexOf(text))))),
      queryTexts,
    },
    pages: {
      listCount: lists,
      offsets: Int32Array.from({ length: lists + 1 }, (_, list) => list * pageSize),
      users: Int32Array.from({ length: lists }, (_, list) => userOf(list)),
      timesMs: Float64Array.from({ length: lists }, (_, list) => histories[userOf(list)]!.timesMs[visibleOf(list) - 1]! + 5000),
      surfaces: Uint8Array.from({ length: lists }, () => random.integer(benchVocabulary.surfaces)),
      queries: Int32Array.from({ length: lists }, () => (random.next() < 0.1 ? random.integer(50) : -1)),
      visible: Int32Array.from({ length: lists }, (_, list) => visibleOf(list)),
      subjects: Int32Array.from({ length: lists * pageSize }, popular),
      positions: Uint16Array.from({ length: lists * pageSize }, (_, place) => place % pageSize),
      propensities: new Float32Array(lists * pageSize).fill(NaN),
    },
    subjects: subjectFeatures(benchSubjects(0, subjects), {
      ...contentOptions(content),
      known: () => true,
      knownAuthor: () => true,
    }),
    queryGrams: hashGrams(queryTexts, grams),
    fitted: { typicalValues: Array.from({ length: benchVocabulary.actions }, () => 10) },
  };
  const source = { ...read, moments: momentsOfPages(read.sequences, read.pages) };
  const all = Int32Array.from({ length: lists }, (_, list) => list);
  const cut = rankingRows(source.sequences, source.pages, all, { maxLength: encoder.maxLength, candidatesMax: pages * pageSize });
  return Array.from({ length: count }, (_, at) => {
    const { feeds, places } = rankingFeeds(source, all, cut.slice(at * rows, (at + 1) * rows), null);
    for (const task of feedTasks) {
      const names = taskFeeds(task);
      feeds[names.label] = { data: Float32Array.from(places, () => (random.next() < 0.1 ? 1 : 0)), shape: [places.length] };
      feeds[names.mask] = { data: Float32Array.from(places, () => (random.next() < 0.9 ? 1 : 0)), shape: [places.length] };
    }
    return feeds;
  });
}

/** Batches as a file for the other engine: `BATCH/INPUT`. */
export async function writeRankerBatches(path: string, batches: readonly Readonly<Record<string, TensorValue>>[]): Promise<void> {
  const tensors: Record<string, SafetensorsTensor> = {};
  batches.forEach((feeds, at) => {
    for (const [name, { data, shape }] of Object.entries(feeds)) {
      const dtype = data instanceof Float32Array ? 'F32' : 'I32';
      tensors[`${at}/${name}`] = { dtype, shape, data } as SafetensorsTensor;
    }
  });
  await writeSafetensors(path, tensors);
}
