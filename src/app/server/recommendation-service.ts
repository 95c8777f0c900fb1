import type { Clock } from '../../base/clock.ts';
import type { Ranker } from '../../learn/interaction-sequences.ts';
import { createMicroBatcher } from './micro-batcher.ts';
import type { BatchEvent, BatchingOptions } from './micro-batcher.ts';
import type { LiveHistories } from './live-histories.ts';
import { readRawHistory } from './raw-history.ts';
import { requestLimits } from './recommend-schema.ts';
import type { Recommendation, RecommendRequest } from './recommend-schema.ts';
import { RequestRejectedError } from './request-rejected-error.ts';
import { countInteractions, historyOfUser, indexIds, ServingDataError } from './serving-data.ts';
import type { KnownHistory, ServingData } from './serving-data.ts';
import { createTopKSelector } from './top-k.ts';
import type { TopK } from './top-k.ts';

/** What is told of the model in each answer and in the metrics. */
export interface ModelInfo {
  /** For example `HSTU`. */
  readonly name: string;
  /** Which training of it, for example the run's name or a digest of its weights. */
  readonly revision: string;
}

/** What a {@link RecommendationService} is made of. */
export interface RecommendationServiceOptions {
  readonly ranker: Ranker;
  readonly model: ModelInfo;
  readonly data: ServingData;
  readonly clock: Clock;
  /** `[itemCount]`, how popular each item is. @default interactions in `data` */
  readonly popularity?: Float32Array;
  /** Items of a history that the model reads; older ones are not handed to it. @default all */
  readonly historyLengthMax?: number;
  /**
   * Histories that go on after training: of each what is later than the user's history in `data` is added to it; where
   * `data` has no times, the live one takes its place. @default none
   */
  readonly liveHistories?: LiveHistories;
  /** Indices of items that are not to be recommended at this moment (retired ones). Asked with each request. @default none */
  readonly unavailableItems?: () => Int32Array;
  readonly batching?: BatchingOptions;
}

/** Recommends; knows ids and histories, nothing of HTTP. */
export interface RecommendationService {
  readonly model: ModelInfo;
  /**
   * The best items for a user or a history. An unknown user, an empty history and one of unknown items get the most
   * popular items, and `reason` says so.
   *
   * @param isCancelled whether nobody waits any more
   * @throws RequestRejectedError when not exactly one of user and history is given, or the history is out of order;
   *   and what the batcher throws
   */
  recommend(request: RecommendRequest, isCancelled?: () => boolean): Promise<Recommendation>;
  queueLength(): number;
  rowsInFlight(): number;
  /** Tells `listener` of each call of the model; one listener, the last one given. */
  observeBatches(listener: (event: BatchEvent) => void): void;
  /** Refuses new requests, resolves when all accepted ones are answered. The ranker stays open: it is the caller's. */
  close(): Promise<void>;
}

interface Subject extends KnownHistory {
  readonly unknownItemCount: number;
  readonly reason: Recommendation['reason'];
}

/**
 * A service over one ranker and one data set.
 *
 * Memory: two maps of ids and some 12 bytes an item; histories are read from `data` in place.
 *
 * @throws ServingDataError when ranker, ids, popularity and titles tell different numbers of items, or an id stands twice
 */
export function createRecommendationService(options: RecommendationServiceOptions): RecommendationService {
  const { ranker, data, clock } = options;
  const itemCount = data.itemIds.length;
  const popularity = options.popularity ?? countInteractions(data);
  checkItemCounts(options, popularity);
  const itemIndices = indexIds('item', data.itemIds);
  const userIndices = indexIds('user', data.userIds);
  const selector = createTopKSelector(itemCount, requestLimits.kMax);
  const hasTimes = data.timesMs !== null;
  const historyLengthMax = options.historyLengthMax ?? Number.POSITIVE_INFINITY;
  let listener: ((event: BatchEvent) => void) | undefined;
  const onBatch = (event: BatchEvent) => listener?.(event);
  const batcher = createMicroBatcher({ ...options.batching, ranker, hasTimes, clock, onBatch });

  function subjectOf(history: NonNullable<RecommendRequest['history']>, requestTimeMs: number): Subject {
    const known = readRawHistory(history, itemIndices, hasTimes, requestTimeMs);
    const unknownItemCount = history.length - known.items.length;
    return { ...known, unknownItemCount, reason: reasonOf(known, unknownItemCount) };
  }

  async function findSubject(request: RecommendRequest, requestTimeMs: number): Promise<Subject> {
    if (request.history !== undefined) return subjectOf(request.history, requestTimeMs);
    const user = userIndices.get(request.userId!);
    const stored = user === undefined ? noHistory : historyOfUser(data, user);
    const live = (await options.liveHistories?.historyOf(request.userId!)) ?? [];
    if (live.length === 0) return { ...stored, unknownItemCount: 0, reason: user === undefined ? 'unknown-user' : reasonOf(stored, 0) };
    const since = live.filter((entry) => isSince(entry, stored));
    const later = subjectOf(since, requestTimeMs);
    const whole = joined(stored, later);
    return { ...whole, unknownItemCount: later.unknownItemCount, reason: reasonOf(whole, later.unknownItemCount) };
  }

  async function scoresFor(subject: Subject, requestTimeMs: number, isCancelled: () => boolean): Promise<Float32Array> {
    if (subject.reason !== undefined) return popularity;
    const from = Math.max(0, subject.items.length - historyLengthMax);
    const history = subject.items.subarray(from);
    const timesMs = subject.timesMs?.subarray(from) ?? null;
    return batcher.score({ history, timesMs, requestTimeMs, isCancelled });
  }

  function describe(best: TopK): Recommendation['items'] {
    const items: Recommendation['items'] = [];
    for (const [place, item] of best.items.entries()) {
      const score = best.scores[place]!;
      // A model says "never" with −∞ (and a NaN is no recommendation either); these come last, so the rest is too.
      if (score === -Infinity) break;
      const title = data.itemTitles?.[item] ?? null;
      items.push({ itemId: data.itemIds[item]!, score, ...(title === null ? {} : { title }) });
    }
    return items;
  }

  return {
    model: options.model,
    async recommend(request, isCancelled = () => false) {
      checkSubject(request);
      const requestTimeMs = clock.nowMs();
      const subject = await findSubject(request, requestTimeMs);
      const excluded = indicesOf(request.exclude, itemIndices);
      const scores = await scoresFor(subject, requestTimeMs, isCancelled);
      const left: ArrayLike<number>[] = [excluded, options.unavailableItems?.() ?? noItems];
      if (request.excludeSeen) left.push(subject.items);
      const items = describe(selector.select(scores, request.k, left));
      return {
        items,
        ...(subject.reason === undefined ? { source: 'model' } : { source: 'popularity', reason: subject.reason }),
        model: options.model,
        k: request.k,
        shortBy: request.k - items.length,
        historyLength: subject.items.length,
        unknownItemCount: subject.unknownItemCount,
        unknownExcludeCount: request.exclude.length - excluded.length,
      };
    },
    queueLength: () => batcher.queueLength(),
    rowsInFlight: () => batcher.rowsInFlight(),
    observeBatches(newListener) {
      listener = newListener;
    },
    close: () => batcher.close(),
  };
}

const noItems = new Int32Array(0);
const noHistory: KnownHistory = { items: noItems, timesMs: null };

/** Whether a live entry is later than all of a stored history. */
function isSince(entry: NonNullable<RecommendRequest['history']>[number], { timesMs }: KnownHistory): boolean {
  const lastMs = timesMs?.at(-1);
  return lastMs === undefined || typeof entry === 'string' || (entry.timeMs ?? Infinity) > lastMs;
}

function joined(stored: KnownHistory, later: KnownHistory): KnownHistory {
  if (stored.items.length === 0 || stored.timesMs === null || later.timesMs === null) return later;
  return {
    items: Int32Array.from([...stored.items, ...later.items]),
    timesMs: Float64Array.from([...stored.timesMs, ...later.timesMs]),
  };
}

function reasonOf(known: KnownHistory, unknownItemCount: number): Recommendation['reason'] {
  if (known.items.length > 0) return undefined;
  return unknownItemCount > 0 ? 'unknown-items' : 'empty-history';
}

function indicesOf(ids: readonly string[], indices: ReadonlyMap<string, number>): number[] {
  const known: number[] = [];
  for (const id of ids) {
    const index = indices.get(id);
    if (index !== undefined) known.push(index);
  }
  return known;
}

function checkSubject(request: RecommendRequest): void {
  const hasUser = request.userId !== undefined;
  if (hasUser !== (request.history !== undefined)) return;
  const [code, message] = hasUser
    ? ['SUBJECT_AMBIGUOUS', 'both userId and history are given; send one of them']
    : ['SUBJECT_MISSING', 'neither userId nor history is given; send one of them'];
  throw new RequestRejectedError(400, code, message, { expected: 'exactly one of userId and history' });
}

function checkItemCounts(options: RecommendationServiceOptions, popularity: Float32Array): void {
  const itemCount = options.data.itemIds.length;
  const counts = {
    ranker: options.ranker.itemCount,
    popularity: popularity.length,
    itemTitles: options.data.itemTitles?.length ?? itemCount,
  };
  for (const [part, count] of Object.entries(counts)) {
    if (count === itemCount) continue;
    const message = `${part} is for ${count} items, the data has ${itemCount}; serve a model with the data it was trained on`;
    throw new ServingDataError(message, { part, count, itemCount });
  }
}
