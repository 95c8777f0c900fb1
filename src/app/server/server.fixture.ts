import { createRandom } from '../../base/random.ts';
import { silentLogger } from '../../base/logger.ts';
import type { Clock } from '../../base/clock.ts';
import type { HistoryBatch, Ranker } from '../../learn/interaction-sequences.ts';
import { createRecommendationService } from './recommendation-service.ts';
import type { RecommendationService, RecommendationServiceOptions } from './recommendation-service.ts';
import { createServer } from './create-server.ts';
import type { Server, ServerOptions } from './create-server.ts';
import type { ServingData } from './serving-data.ts';

const itemCount = 30;

/** 20 users who walk round 30 items, each from its own start; user `empty` did nothing. */
export function ringData(hasTimes = false): ServingData {
  const histories = Array.from({ length: 20 }, (_, user) => {
    return Array.from({ length: 1 + (user % 7) }, (_, step) => (user * 3 + step) % itemCount);
  });
  const offsets = new Int32Array(22);
  for (const [user, history] of histories.entries()) offsets[user + 1] = offsets[user]! + history.length;
  offsets[21] = offsets[20]!;
  const items = Int32Array.from(histories.flat());
  return {
    userIds: [...Array.from({ length: 20 }, (_, user) => `user-${user}`), 'empty'],
    itemIds: Array.from({ length: itemCount }, (_, item) => `item-${item}`),
    offsets,
    items,
    timesMs: hasTimes ? Float64Array.from(items, (_, at) => 1_000_000 + at) : null,
  };
}

/** A ring walker: the nearer an item lies after the last one, the higher its score. */
export function ringScores(history: ArrayLike<number>): Float32Array {
  const last = history[history.length - 1] ?? 0;
  return Float32Array.from({ length: itemCount }, (_, item) => -((item - last - 1 + itemCount) % itemCount));
}

/** A ranker that answers at once, and keeps the batches it was given. */
export function ringRanker(): Ranker & { batches: HistoryBatch[] } {
  const batches: HistoryBatch[] = [];
  return {
    name: 'ring',
    itemCount,
    batches,
    async score(batch) {
      batches.push(batch);
      const scores = new Float32Array(batch.histories.length * itemCount);
      for (const [row, history] of batch.histories.entries()) scores.set(ringScores(history), row * itemCount);
      return scores;
    },
  };
}

/** A ring ranker that answers when its gate is opened. */
export function gatedRanker() {
  const ranker = ringRanker();
  const score = ranker.score.bind(ranker);
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gated: Ranker = {
    ...ranker,
    async score(batch) {
      const scores = await score(batch);
      await gate;
      return scores;
    },
  };
  return { ranker: gated, open, batches: ranker.batches };
}

export const systemClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

export function ringService(options: Partial<RecommendationServiceOptions> = {}): RecommendationService {
  return createRecommendationService({
    ranker: ringRanker(),
    model: { name: 'ring', revision: 'r1' },
    data: ringData(),
    clock: systemClock,
    ...options,
  });
}

export function startServer(options: Partial<ServerOptions> = {}): Promise<Server> {
  return createServer({
    service: ringService(),
    clock: systemClock,
    logger: silentLogger,
    random: createRandom(1, 'request-id'),
    ...options,
  });
}

/** Posts a body as it stands (text or a blob of bytes) or as JSON. */
export async function postRecommend(server: Server, body: unknown, headers: Record<string, string> = {}) {
  const isRaw = typeof body === 'string' || body instanceof Blob;
  const response = await fetch(`${server.url}/v1/recommend`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: isRaw ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}
