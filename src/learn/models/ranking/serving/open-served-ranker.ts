import { denseFeatureCount, denseReader, type DenseReader } from '../../../actions/dense-features.ts';
import { momentFeatureCount, momentReader } from '../../../actions/moment-features.ts';
import { comparedFrom } from '../../../actions/ranking-rows.ts';
import { searchKeys } from '../../../actions/search-keys.ts';
import { columnView } from './growing-columns.ts';
import {
  emptyState,
  laterTokens,
  stateOf,
  stretchOf,
  tokensOf,
  type HistoryState,
  type KeptHistory,
  type Stretch,
  type Tokens,
  type UserActions,
} from './history-state.ts';
import { searchForPage } from './page-search.ts';
import { queryTables } from './query-table.ts';
import { readKnownIds, readRankerManifest, type RankerManifest } from './ranker-manifest.ts';
import { servedSubjects, type ServedSubjects } from './served-subjects.ts';
import {
  actionFeeds,
  candidateFeeds,
  emptyPast,
  keptColumns,
  pageFeeds,
  pastFeeds,
  type ServedPage,
  type SessionFeeds,
} from './serving-feeds.ts';
import { checkActions, checkPage } from './served-request.ts';
import { openServingSessions, sessionTensor } from './serving-sessions.ts';

/** What a ranker says of a page's candidates: by task `[candidates]`, in their order. */
export interface ServedScores {
  /** As the model gives them: calibrators stand above, and may read either. */
  readonly probabilities: Readonly<Record<string, Float32Array>>;
  readonly logits: Readonly<Record<string, Float32Array>>;
}

/** A ranker that is open for serving. */
export interface ServedRanker {
  readonly manifest: RankerManifest;
  readonly subjects: ServedSubjects;
  /**
   * The state of a history, encoded from the beginning of its latest stretch. Give all that the user did: how often they came, and since
   * when, is read from the first action on.
   *
   * @throws {ServedRankerRequestError}
   */
  history(actions: UserActions): Promise<HistoryState>;
  /**
   * The state after some more actions. Encodes those alone, unless the stretch moves on (once in half its length). Of a model that
   * searches, an index by category is extended; once in half its reach it begins anew.
   *
   * @throws {ServedRankerRequestError}
   */
  extend(state: HistoryState, later: UserActions): Promise<HistoryState>;
  /**
   * Scores candidates of one page, in micro-batches; how they are cut changes nothing, and a model with a list stage scores
   * a page whole. Cost: candidates × history; nothing is allocated a candidate but its scores and, of a hard search, what it found.
   *
   * @param candidates rows of {@link subjects}, each at least 1
   * @throws {ServedRankerRequestError}
   */
  score(state: HistoryState, candidates: Int32Array, page: ServedPage): Promise<ServedScores>;
  close(): Promise<void>;
}

/** How a ranker is opened. */
export interface ServedRankerOptions {
  /**
   * Within an operator. Operators are small here: a second thread saves a tenth at best, and waits at each of them for a core
   * that others use (`npm run gate -- score-1000`: 8.4 → 7.5 ms at least, but p50 9 → 21). @default 1
   */
  readonly threads?: number;
  /** Whether idle threads wait actively: faster, and takes the cores from others. @default false */
  readonly spin?: boolean;
  /** Candidates of a run of the graph at most: its memory grows by this times the history. @default 1024 */
  readonly microBatch?: number;
  /** Candidates of a page at most. @default 100,000, or 2,000 with a list stage, which looks at all pairs */
  readonly candidatesMax?: number;
  /** Subjects held at most. @default 5,000,000 */
  readonly subjectsMax?: number;
}

/** Actions of a run of the graph: bounds its memory, which grows by this times the history. */
const actionsAtOnce = 256;

/**
 * Opens what `exportServedRanker` wrote. Histories are encoded, kept and extended; encoders that cannot keep them (all but
 * HSTU) are served with the same calls and read the history anew at every page: its latest stretch, and SIM what it finds in all that is
 * in reach.
 *
 * @throws {ServedRankerError}
 */
export async function openServedRanker(folder: string, options: ServedRankerOptions = {}): Promise<ServedRanker> {
  const manifest = await readRankerManifest(folder);
  const known = await readKnownIds(folder, manifest);
  const { model, tasks, fitted, vocabulary } = manifest;
  const sessionOptions = { threads: options.threads ?? 1, spin: options.spin ?? false };
  const parts = await Promise.all(manifest.parts.map((part) => openServingSessions(folder, manifest, part, sessionOptions)));
  const vectorsBy = (graph: 'subjectVectors' | 'queryVectors') =>
    parts.map((part) => async (feeds: SessionFeeds) => (await part[graph](feeds))['vectors']!);
  const subjects = await servedSubjects({
    config: model,
    embeddingDimension: vocabulary.embeddingDimension,
    known,
    subjectsMax: options.subjectsMax ?? 5_000_000,
    vectors: vectorsBy('subjectVectors').map(
      (vectorsOf) => (feeds) => vectorsOf(Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, sessionTensor(value)]))),
    ),
  });
  const grams = { buckets: model.content.gramBuckets, gramsMax: model.content.gramsMax };
  const queries = vectorsBy('queryVectors').map((vectorsOf) =>
    queryTables(model.dimension, grams, (rows) => vectorsOf({ 'queries/grams': sessionTensor(rows) })),
  );
  const listed = model.listStage !== null;
  const candidatesMax = options.candidatesMax ?? (listed ? 2_000 : 100_000);
  const microBatch = listed ? candidatesMax : (options.microBatch ?? 1024);
  const kept = keptColumns(manifest);
  const { encoder } = model;
  const search = encoder.kind === 'sim' ? encoder.search : null;
  const keeping: KeptHistory = {
    maxLength: encoder.maxLength,
    reach: search?.reach ?? 0,
    keys: search?.kind === 'hard' ? searchKeys(subjects, search.categories) : null,
  };

  const user = momentReader(vocabulary.actions);
  const reader = denseReader(subjects);
  const nothing = emptyState(kept, user.told());

  /** What all actions of a state come to once some more are done. */
  function toldAfter({ told }: HistoryState, later: UserActions): Float64Array {
    user.begin(told);
    for (let at = 0; at < later.actions.length; at++) user.see(later.actions[at]!, later.timesMs[at]!);
    return user.told();
  }

  /** What a user is like at a moment, `[momentFeatureCount]`. */
  function momentOf({ told }: HistoryState, timeMs: number): Float32Array {
    const moment = new Float32Array(momentFeatureCount(vocabulary.actions));
    user.begin(told);
    user.describe(timeMs, moment, 0);
    return moment;
  }

  /** What the parts keep of some tokens that stand behind the first `past` of a state. */
  async function encoded(state: HistoryState, past: number, tokens: Tokens): Promise<Record<string, Float32Array>> {
    const caches: Record<string, Float32Array> = {};
    for (const [index, part] of parts.entries()) {
      if (part.encodeHistory === null) continue;
      const table = await queries[index]!(tokens.texts);
      const results = await part.encodeHistory({
        'subjects/vectors': sessionTensor(subjects.table(index)),
        'queries/vectors': sessionTensor(table.vectors),
        ...actionFeeds(tokens, table),
        ...pastFeeds(state, past, index),
      });
      for (const [name, values] of Object.entries(results)) caches[`${index}/${name}`] = values;
    }
    return caches;
  }

  async function extend(before: HistoryState, later: UserActions): Promise<HistoryState> {
    checkActions(later, manifest, subjects.count);
    if (later.actions.length === 0) return before;
    const { tokens, ...grown } = laterTokens(before, later, fitted, keeping);
    const told = toldAfter(before, later);
    let state = grown.kept === 0 ? nothing : before;
    for (let at = 0; at < tokens.texts.length; at += actionsAtOnce) {
      const some = cutTokens(tokens, at, at + actionsAtOnce);
      const past = grown.kept + at;
      state = stateOf(state, { ...grown, kept: past, tokens: some, told }, await encoded(state, past, some), keeping);
    }
    return state;
  }

  /** Of the page before, for the next: pages that are scored at the same time have one each. */
  let spare: Float32Array | null = null;

  return {
    manifest,
    subjects,
    history: (actions) => extend(nothing, actions),
    extend,
    async score(state, candidates, page) {
      checkPage(candidates, page, manifest, { subjects: subjects.count, candidatesMax });
      const stretch = stretchOf(state, encoder.maxLength);
      const length = stretch.to - stretch.from;
      const wanted = candidates.length * denseFeatureCount;
      const buffer = spare !== null && spare.length >= wanted ? spare : new Float32Array(wanted);
      spare = null;
      const moment = momentOf(state, page.timeMs);
      const compared = {
        from: comparedFrom(stretch.from + state.skipped, state.total, search?.reach ?? null) - state.skipped,
        to: stretch.to,
      };
      const dense = denseInto(buffer.subarray(0, wanted).fill(0), state, compared, candidates, page.timeMs, reader);
      const searched = search === null ? null : searchForPage(search, state, stretch, candidates, page);
      const scores = () => Object.fromEntries(tasks.map((task) => [task, new Float32Array(candidates.length)] as const));
      const [probabilities, logits] = [scores(), scores()];
      for (const [index, part] of parts.entries()) {
        const read = part.encodeHistory === null ? tokensOf(state, stretch) : null;
        const table = await queries[index]!([page.query, ...(read?.texts ?? []), ...(searched?.texts ?? [])]);
        const past = length === 0 ? emptyPast(kept, index) : pastFeeds(state, length, index);
        const shared: SessionFeeds = {
          'subjects/vectors': sessionTensor(subjects.table(index)),
          'queries/vectors': sessionTensor(table.vectors),
          ...(read === null ? past : actionFeeds(read, table)),
          ...pageFeeds(state, stretch, page, table.rowOf(page.query), moment),
        };
        // Of even size: a small rest would cost nearly a whole run.
        const size = Math.ceil(candidates.length / Math.ceil(candidates.length / microBatch));
        for (let at = 0; at < candidates.length; at += size) {
          const some = candidates.subarray(at, at + size);
          const given = {
            ...shared,
            ...candidateFeeds(some, dense.subarray(at * denseFeatureCount, (at + some.length) * denseFeatureCount)),
            ...searched?.feeds(at, at + some.length, table),
          };
          const results = await part.scoreCandidates(given);
          part.tasks.forEach((task, row) => {
            const [from, to] = [row * some.length, (row + 1) * some.length];
            probabilities[task]!.set(results['probabilities']!.subarray(from, to), at);
            logits[task]!.set(results['logits']!.subarray(from, to), at);
          });
        }
      }
      spare = buffer;
      return { probabilities, logits };
    },
    close: async () => void (await Promise.all(parts.map((part) => part.close()))),
  };
}

function cutTokens({ columns, texts }: Tokens, from: number, to: number): Tokens {
  return {
    columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.subarray(from, to)])),
    texts: texts.slice(from, to),
  };
}

/** Fills `[candidates, denseFeatureCount]`, zeros before. */
function denseInto(
  dense: Float32Array,
  { rows }: HistoryState,
  { from, to }: Stretch,
  candidates: Int32Array,
  timeMs: number,
  reader: DenseReader,
): Float32Array {
  reader.begin();
  const seen = columnView(rows, 'subjects', from, to);
  const timesMs = columnView(rows, 'timesMs', from, to);
  seen.forEach((subject, at) => reader.see(subject === 0 ? -1 : subject, timesMs[at]!));
  candidates.forEach((subject, at) => reader.describe(subject, timeMs, dense, at * denseFeatureCount));
  return dense;
}
