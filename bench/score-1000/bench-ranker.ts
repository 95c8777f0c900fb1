import { createRandom } from '../../src/base/random.ts';
import { parameterLayout, initialParameters, parameterView } from '../../src/learn/tensor/parameters.ts';
import { buildMultiTask } from '../../src/learn/models/multi-task/build-multi-task.ts';
import { rankerConfigSchema, type RankerConfig } from '../../src/learn/models/ranking/ranker-config.ts';
import { rankingStates, type RankingVocabulary } from '../../src/learn/models/ranking/ranking-states.ts';
import type { SubjectTable } from '../../src/learn/actions/action-sequences.ts';
import { exportServedRanker } from '../../src/learn/models/ranking/serving/export-served-ranker.ts';
import type { UserActions } from '../../src/learn/models/ranking/serving/history-state.ts';

/** The nine tasks of the feed. */
export const feedTasks = ['click', 'long-dwell', 'like', 'share', 'follow', 'negative-feedback', 'adoption', 'trade', 'next-day-return'];

const names = {
  actions: Array.from({ length: 18 }, (_, at) => `action-${at}`),
  domains: ['content', 'feature', 'search'],
  surfaces: ['', 'feed', 'search', 'home', 'detail', 'push'],
  kinds: ['content', 'feature', 'instrument', 'user'],
};

/** What a platform's data are like in number. */
export const benchVocabulary: RankingVocabulary = {
  actions: names.actions.length,
  domains: names.domains.length,
  domainOfAction: names.actions.map((_, at) => at % names.domains.length),
  surfaces: names.surfaces.length,
  kinds: names.kinds.length,
  embeddingDimension: null,
};

/** HSTU of two blocks, PLE of one level over it: an expert a task and two that all share. */
export function benchConfig(tasks: readonly string[]): RankerConfig {
  return rankerConfigSchema.parse({
    dimension: 64,
    encoder: { kind: 'hstu', maxLength: 256, blocks: 2, heads: 1, queryDimension: 64, valueDimension: 64 },
    tasks: { kind: 'ple', levels: [{ expertHidden: [64] }], taskExperts: 1, sharedExperts: tasks.length === 1 ? 1 : 2, tower: [32] },
    content: { idBuckets: 20_000, authorBuckets: 2_000 },
  });
}

/** Exports a ranker with parameters away from their beginnings: how long it takes does not depend on what it learned. */
export async function exportBenchRanker(folder: string, tasks: readonly string[]): Promise<void> {
  const config = benchConfig(tasks);
  const { logits } = buildMultiTask(config.tasks, () => rankingStates(config, benchVocabulary, 'serving'), tasks, 'serving');
  const layout = parameterLayout(Object.values(logits));
  const random = createRandom(1, 'bench ranker');
  const flat = initialParameters(layout, 1).map((value) => value + 0.05 * random.normal());
  await exportServedRanker(folder, {
    config,
    vocabulary: benchVocabulary,
    names,
    tasks,
    parameterValue: (name) => parameterView(layout, flat, name),
    fitted: { typicalValues: names.actions.map(() => 10) },
    known: {
      subjects: {
        keys: Array.from({ length: 20_000 }, (_, at) => `content:${at}`),
        rows: Array.from({ length: 20_000 }, (_, at) => at + 2),
      },
      authors: { keys: [], rows: [] },
    },
  });
}

/** Subjects `first … first + count − 1` with titles of a few words. */
export function benchSubjects(first: number, count: number): SubjectTable {
  const at = (index: number) => first + index;
  const of = <Value>(make: (index: number) => Value) => Array.from({ length: count }, (_, index) => make(index));
  return {
    count,
    keys: of((index) => `content:${at(index)}`),
    kinds: Uint8Array.from(of((index) => at(index) % names.kinds.length)),
    texts: of((index) => `subject ${at(index)} about ${at(index) % 97} and ${at(index) % 89} today`),
    authors: Int32Array.from(of((index) => at(index) % 50)),
    authorIds: Array.from({ length: 50 }, (_, author) => `author-${author}`),
    tagNames: Array.from({ length: 30 }, (_, tag) => `tag ${tag}`),
    tags: { offsets: Int32Array.from({ length: count + 1 }, (_, index) => index), values: Int32Array.from(of((index) => at(index) % 30)) },
    mentions: { offsets: new Int32Array(count + 1), values: new Int32Array(0) },
    createdMs: new Float64Array(count),
    embeddings: null,
  };
}

/** So many actions of one user over a few weeks; one in twenty is a query. */
export function benchActions(count: number, seed: number, subjects: number, fromMs: number): UserActions {
  const random = createRandom(seed, 'bench actions');
  let timeMs = fromMs;
  const isQuery = Array.from({ length: count }, () => random.next() < 0.05);
  return {
    subjects: Int32Array.from(isQuery, (typed) => (typed ? 0 : 1 + random.integer(subjects))),
    actions: Uint8Array.from(isQuery, () => random.integer(names.actions.length)),
    surfaces: Uint8Array.from(isQuery, () => random.integer(names.surfaces.length)),
    timesMs: Float64Array.from(isQuery, () => (timeMs += Math.round(1000 * Math.exp(10 * random.next())))),
    values: Float32Array.from(isQuery, () => (random.next() < 0.4 ? 60 * random.next() : NaN)),
    queries: isQuery.map((typed) => (typed ? `query ${random.integer(50)}` : null)),
  };
}
