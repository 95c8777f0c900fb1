import { NisusError } from '../../../../base/error.ts';
import { denseFeatureCount, denseReader } from '../../../actions/dense-features.ts';
import { columnView } from './growing-columns.ts';
import { laterStretch, stateColumns, stateOf, type HistoryState, type Tokens, type UserActions } from './history-state.ts';
import { queryTables } from './query-table.ts';
import { readKnownIds, readRankerManifest, type RankerManifest } from './ranker-manifest.ts';
import { servedSubjects, type ServedSubjects, type SubjectStore } from './served-subjects.ts';
import { actionFeeds, emptyPast, keptColumns, pageFeeds, pastFeeds, type ServedPage, type SessionFeeds } from './serving-feeds.ts';
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
   * The state of a history, encoded from the beginning of its latest stretch.
   *
   * @throws {ServedRankerRequestError}
   */
  history(actions: UserActions): Promise<HistoryState>;
  /**
   * The state after some more actions. Encodes those alone, unless the stretch moves on (once in half its length).
   *
   * @throws {ServedRankerRequestError}
   */
  extend(state: HistoryState, later: UserActions): Promise<HistoryState>;
  /**
   * Scores candidates of one page, in micro-batches; how they are cut changes nothing, and a model with a list stage scores
   * a page whole. Cost: candidates × history; nothing is allocated a candidate but its scores.
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

/** Thrown when a request does not fit the ranker. */
export class ServedRankerRequestError extends NisusError {
  constructor(problem: string, fields: Readonly<Record<string, unknown>>) {
    super('SERVED_RANKER_REQUEST', problem, { fields });
  }
}

/** Actions of a run of the graph: bounds its memory, which grows by this times the history. */
const actionsAtOnce = 256;

/**
 * Opens what `exportServedRanker` wrote. Histories are encoded, kept and extended; encoders that cannot keep them (all but
 * HSTU) are served with the same calls and read the history anew at every page.
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
  const empty: HistoryState = { total: 0, skipped: 0, bytes: 0, rows: stateColumns(kept) };

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
    const { tokens, ...stretch } = laterStretch(before, later, fitted, model.encoder.maxLength);
    let state: HistoryState = stretch.kept === 0 ? { ...empty, rows: stateColumns(kept) } : before;
    for (let at = 0; at < tokens.texts.length; at += actionsAtOnce) {
      const some = cutTokens(tokens, at, at + actionsAtOnce);
      const past = stretch.kept + at;
      state = stateOf(state.rows, { ...stretch, kept: past, tokens: some }, await encoded(state, past, some));
    }
    return state;
  }

  return {
    manifest,
    subjects,
    history: (actions) => extend(empty, actions),
    extend,
    async score(state, candidates, page) {
      checkPage(candidates, page, manifest, { subjects: subjects.count, candidatesMax });
      const length = state.total - state.skipped;
      const dense = denseOf(state, candidates, page.timeMs, subjects);
      const scores = () => Object.fromEntries(tasks.map((task) => [task, new Float32Array(candidates.length)] as const));
      const [probabilities, logits] = [scores(), scores()];
      for (const [index, part] of parts.entries()) {
        const read = part.encodeHistory === null ? tokensOf(state) : null;
        const table = await queries[index]!([page.query, ...(read?.texts ?? [])]);
        const past = length === 0 ? emptyPast(kept, index) : pastFeeds(state, length, index);
        const shared: SessionFeeds = {
          'subjects/vectors': sessionTensor(subjects.table(index)),
          'queries/vectors': sessionTensor(table.vectors),
          ...(read === null ? past : actionFeeds(read, table)),
          ...pageFeeds(state, page, table.rowOf(page.query)),
        };
        // Of even size: a small rest would cost nearly a whole run.
        const size = Math.ceil(candidates.length / Math.ceil(candidates.length / microBatch));
        for (let at = 0; at < candidates.length; at += size) {
          const some = candidates.subarray(at, at + size);
          const given = {
            ...shared,
            'candidates/subjects': sessionTensor({ data: some, shape: [1, some.length] }),
            'candidates/dense': sessionTensor({
              data: dense.subarray(at * denseFeatureCount, (at + some.length) * denseFeatureCount),
              shape: [1, some.length, denseFeatureCount],
            }),
          };
          const results = await part.scoreCandidates(given);
          part.tasks.forEach((task, row) => {
            const [from, to] = [row * some.length, (row + 1) * some.length];
            probabilities[task]!.set(results['probabilities']!.subarray(from, to), at);
            logits[task]!.set(results['logits']!.subarray(from, to), at);
          });
        }
      }
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

/** The stretch of a state as tokens. */
function tokensOf({ rows, total, skipped }: HistoryState): Tokens {
  const names = ['subjects', 'actions', 'surfaces', 'gaps', 'values', 'seconds'];
  return {
    columns: Object.fromEntries(names.map((name) => [name, columnView(rows, name, 0, total - skipped)])),
    texts: rows.texts.slice(0, total - skipped),
  };
}

/** `[candidates, denseFeatureCount]`. */
function denseOf({ rows, total, skipped }: HistoryState, candidates: Int32Array, timeMs: number, subjects: SubjectStore): Float32Array {
  const reader = denseReader(subjects.described());
  const seen = columnView(rows, 'subjects', 0, total - skipped);
  const timesMs = columnView(rows, 'timesMs', 0, total - skipped);
  seen.forEach((subject, at) => reader.see(subject === 0 ? -1 : subject, timesMs[at]!));
  const dense = new Float32Array(candidates.length * denseFeatureCount);
  candidates.forEach((subject, at) => reader.describe(subject, timeMs, dense, at * denseFeatureCount));
  return dense;
}

function checkActions(actions: UserActions, { names }: RankerManifest, subjects: number): void {
  const { length } = actions.actions;
  for (const name of ['subjects', 'surfaces', 'timesMs', 'values', 'queries'] as const) {
    if (actions[name].length !== length)
      throw new ServedRankerRequestError(`${length} actions, but ${actions[name].length} ${name}`, { column: name });
  }
  for (let at = 0; at < length; at++) {
    inRange('subject row', actions.subjects[at]!, 0, subjects);
    inRange('action', actions.actions[at]!, 0, names.actions.length - 1);
    inRange('surface', actions.surfaces[at]!, 0, names.surfaces.length - 1);
    if (!Number.isFinite(actions.timesMs[at]!))
      throw new ServedRankerRequestError(`the time of action ${at} is ${actions.timesMs[at]}; give milliseconds since the epoch`, { at });
  }
}

function checkPage(
  candidates: Int32Array,
  page: ServedPage,
  { names }: RankerManifest,
  most: { readonly subjects: number; readonly candidatesMax: number },
): void {
  if (candidates.length > most.candidatesMax) {
    throw new ServedRankerRequestError(
      `${candidates.length} candidates are more than ${most.candidatesMax}; retrieve fewer or raise candidatesMax`,
      { candidates: candidates.length },
    );
  }
  inRange('surface', page.surface, 0, names.surfaces.length - 1);
  if (!Number.isFinite(page.timeMs))
    throw new ServedRankerRequestError(`the page's time is ${page.timeMs}; give milliseconds since the epoch`, {});
  for (let at = 0; at < candidates.length; at++) inRange('candidate row', candidates[at]!, 1, most.subjects);
}

function inRange(what: string, value: number, from: number, to: number): void {
  if (value >= from && value <= to) return;
  throw new ServedRankerRequestError(
    `${what} ${value} is not in ${from} … ${to}; rows come from subjects.put, codes from the manifest's names`,
    {
      what,
      value,
    },
  );
}
