import { createRandom } from '../../../../base/random.ts';
import { valuesOf, type ActionSequences, type SubjectTable } from '../../../actions/action-sequences.ts';
import { hashGrams } from '../../../actions/hashed-grams.ts';
import { someContent, someRankingData, someVocabulary, type SomeRankingOptions } from '../../../actions/ranking-data.fixture.ts';
import { historySearch } from '../../../actions/history-search.ts';
import type { RankingSource } from '../../../actions/ranking-feeds.ts';
import { contentOptions, subjectFeatures } from '../../../actions/subject-features.ts';
import { initialParameters, parameterLayout, parameterView } from '../../../tensor/parameters.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import { buildMultiTask } from '../../multi-task/build-multi-task.ts';
import { rankerConfigSchema, type RankerConfig } from '../ranker-config.ts';
import { rankingStates } from '../ranking-states.ts';
import { knownIdsOf, type ServedRankerSource } from './export-served-ranker.ts';
import type { UserActions } from './history-state.ts';

/** Length of a stretch in all configs here: histories of the fixture outgrow it. */
export const someMaxLength = 8;

const attention = { maxLength: someMaxLength, blocks: 2, heads: 2, dropout: 0.1 };
const hstu = { kind: 'hstu', ...attention, queryDimension: 3, valueDimension: 5 };
const ple = { kind: 'ple', levels: [{ expertHidden: [6] }], taskExperts: 1, sharedExperts: 2, tower: [5], dropout: 0.1 };

const sim = { kind: 'sim', maxLength: someMaxLength, activationHidden: [6], heads: 2, headDimension: 3, timeDimension: 4, dropout: 0.1 };
const hard = { kind: 'hard', categories: ['first-tag', 'author'], found: 5 };
const soft = { kind: 'soft', found: 5, searchDimension: 4, auxiliaryHidden: [4] };

function config(encoder: object, tasks: object, more: object = {}): RankerConfig {
  return rankerConfigSchema.parse({ dimension: 8, encoder, tasks, content: someContent, ...more });
}

/** Every form that is served, small. */
export const servedRankers: Readonly<Record<string, RankerConfig>> = {
  'hstu, PLE': config(hstu, ple),
  'hstu of one block and head, PLE of two levels': config(
    { ...hstu, blocks: 1, heads: 1 },
    { ...ple, levels: [{ expertHidden: [6] }, { expertHidden: [4] }] },
  ),
  'hstu, MMoE with deeper experts': config({ ...hstu, blocks: 3 }, { kind: 'mmoe', experts: 3, expertHidden: [6, 4], tower: [] }),
  'hstu, list stage': config(hstu, { kind: 'shared-bottom', hidden: [6], tower: [4, 3] }, { listStage: { blocks: 1, heads: 2 } }),
  'hstu, single task': config(hstu, { kind: 'single-task', hidden: [6], tower: [4] }),
  'hstu, ESMM': config(hstu, {
    kind: 'esmm',
    trunk: { kind: 'ple', levels: [{ expertHidden: [6, 5] }], taskExperts: 0, sharedExperts: 2 },
    tower: [4],
  }),
  'transformer, PLE': config({ kind: 'transformer', ...attention, feedForward: 8 }, ple),
  'din, PLE': config({ kind: 'din', maxLength: someMaxLength, activationHidden: [6, 4], dropout: 0.1 }, ple),
  'sim of a hard search, PLE': config({ ...sim, search: { ...hard, reach: 12 } }, ple),
  'sim of a hard search within its stretch, single task': config(
    { ...sim, search: { ...hard, reach: 5 } },
    { kind: 'single-task', hidden: [6], tower: [4] },
  ),
  'sim of a soft search, PLE': config({ ...sim, search: { ...soft, reach: 12 } }, ple),
  'sasrec, PLE without experts of their own': config({ kind: 'sasrec', ...attention }, { ...ple, taskExperts: 0 }),
};

export const someTasks = ['click', 'buy'] as const;

/** Data of which training knew two subjects in three, and not all authors; text tells the others apart. */
export function someServedData(options: SomeRankingOptions & { readonly embeddingDimension?: number } = {}) {
  const data = someRankingData({ users: 6, actionsMax: 30, ...options });
  const { sequences } = data.source;
  const { table } = data;
  const grams = { buckets: someContent.gramBuckets, gramsMax: someContent.gramsMax };
  const source: RankingSource = {
    ...data.source,
    subjects: subjectFeatures(table, {
      ...contentOptions(someContent),
      known: (at) => at % 3 !== 0,
      knownAuthor: (author) => author !== 1,
    }),
    queryGrams: hashGrams(sequences.queryTexts, grams),
  };
  return { source, table, lists: data.all };
}

/** A ranker with parameters as far from their beginnings as those of a trained one, ready to be exported. */
export function someRanker(model: RankerConfig, data: ReturnType<typeof someServedData>, seed = 1) {
  const auxiliary: Tensor[] = [];
  const states = () => rankingStates(model, someVocabulary, 'serving', (aside) => void auxiliary.push(aside));
  const { logits } = buildMultiTask(model.tasks, states, someTasks, 'serving');
  const layout = parameterLayout([...Object.values(logits), ...auxiliary]);
  const random = createRandom(seed, 'served ranker');
  const flat = initialParameters(layout, seed).map((value) => value + 0.3 * random.normal());
  // What all candidates of a page share must not drown what tells them apart.
  parameterView(layout, flat, 'embedding.moment.weight')?.forEach((_, at, weights) => (weights[at]! *= 0.1));
  const exported: ServedRankerSource = {
    config: model,
    vocabulary: someVocabulary,
    names: data.source.sequences.vocabulary,
    tasks: someTasks,
    parameterValue: (name) => parameterView(layout, flat, name),
    fitted: data.source.fitted,
    known: knownIdsOf(data.table, data.source.subjects),
  };
  return { flat, exported };
}

/** Data as training reads it for a model: with a search for one that searches. */
export function sourceFor({ encoder }: RankerConfig, { source }: ReturnType<typeof someServedData>): RankingSource {
  return { ...source, search: encoder.kind === 'sim' ? historySearch(source.subjects, encoder.search) : null };
}

/** Some subjects as a table of their own, which numbers authors and tags in its own way. */
export function subtable(table: SubjectTable, some: readonly number[]): SubjectTable {
  const [authors, tags] = [table.authorIds.length - 1, table.tagNames.length - 1];
  const tagsOf = some.map((at) => Array.from(valuesOf(table.tags, at), (tag) => tags - tag));
  return {
    count: some.length,
    keys: some.map((at) => table.keys[at]!),
    kinds: Uint8Array.from(some, (at) => table.kinds[at]!),
    texts: some.map((at) => table.texts[at]!),
    authors: Int32Array.from(some, (at) => (table.authors[at]! < 0 ? -1 : authors - table.authors[at]!)),
    authorIds: table.authorIds.toReversed(),
    tagNames: table.tagNames.toReversed(),
    tags: { offsets: Int32Array.from([0, ...some], (_, at) => tagsOf.slice(0, at).flat().length), values: Int32Array.from(tagsOf.flat()) },
    mentions: { offsets: new Int32Array(some.length + 1), values: new Int32Array(0) },
    createdMs: Float64Array.from(some, (at) => table.createdMs[at]!),
    embeddings: null,
  };
}

/** Actions `from … to − 1` of a user as serving takes them. */
export function userActions(sequences: ActionSequences, rows: Int32Array, user: number, from: number, to: number): UserActions {
  const first = sequences.offsets[user]!;
  const cut = <Values extends { subarray(from: number, to: number): Values }>(values: Values) => values.subarray(first + from, first + to);
  return {
    subjects: cut(sequences.subjects).map((subject) => (subject < 0 ? 0 : rows[subject]!)),
    actions: cut(sequences.actions),
    surfaces: cut(sequences.surfaces),
    timesMs: cut(sequences.timesMs),
    values: cut(sequences.values),
    queries: Array.from(cut(sequences.queries), (query) => (query < 0 ? null : sequences.queryTexts[query]!)),
  };
}
