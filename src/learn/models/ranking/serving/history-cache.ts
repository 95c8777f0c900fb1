import type { HistoryState, UserActions } from './history-state.ts';

/** How much is kept; at least one bound. */
export interface HistoryCacheOptions {
  /** Users at most. @default Infinity */
  readonly usersMax?: number;
  /** Memory of their states at most. @default 256 MiB */
  readonly bytesMax?: number;
}

/** What a cache must know of a state: how many actions it tells of, and its memory. */
type KeptState = Pick<HistoryState, 'total' | 'bytes'>;

/** What makes states: a served ranker, or what stands above one. */
export interface HistoryEncoder<State> {
  history(actions: UserActions): Promise<State>;
  extend(state: State, later: UserActions): Promise<State>;
}

/** Encoded histories by user; those that were used longest ago make room. */
export interface HistoryCache<State extends KeptState = HistoryState> {
  readonly users: number;
  readonly bytes: number;
  /** How often {@link get} found a state, and how often it did not. */
  readonly hits: number;
  readonly misses: number;
  get(user: string): State | null;
  /** Keeps a state; one that is larger than the cache is not kept. */
  set(user: string, state: State): void;
  delete(user: string): void;
  /** Forgets all: subjects have new vectors. */
  clear(): void;
}

/** An empty cache. Cost of every call: constant. */
export function createHistoryCache<State extends KeptState = HistoryState>(options: HistoryCacheOptions = {}): HistoryCache<State> {
  const { usersMax = Infinity, bytesMax = 256 * 1024 * 1024 } = options;
  const states = new Map<string, State>();
  let [bytes, hits, misses] = [0, 0, 0];
  const remove = (user: string) => {
    bytes -= states.get(user)?.bytes ?? 0;
    states.delete(user);
  };
  return {
    get users() {
      return states.size;
    },
    get bytes() {
      return bytes;
    },
    get hits() {
      return hits;
    },
    get misses() {
      return misses;
    },
    get(user) {
      const state = states.get(user);
      if (state === undefined) {
        misses++;
        return null;
      }
      hits++;
      states.delete(user);
      states.set(user, state);
      return state;
    },
    set(user, state) {
      remove(user);
      if (state.bytes > bytesMax) return;
      states.set(user, state);
      bytes += state.bytes;
      for (const oldest of states.keys()) {
        if (states.size <= usersMax && bytes <= bytesMax) break;
        remove(oldest);
      }
    },
    delete: remove,
    clear() {
      states.clear();
      bytes = 0;
    },
  };
}

/**
 * The state of a user's history by way of a cache: what was encoded before is extended by what came since.
 *
 * @param total actions that the user did so far
 * @param actionsFrom those from a number on; asked for all (0) where nothing is cached or the history became shorter
 */
export async function cachedHistory<State extends KeptState = HistoryState>(
  ranker: HistoryEncoder<State>,
  cache: HistoryCache<State>,
  user: string,
  total: number,
  actionsFrom: (first: number) => UserActions | Promise<UserActions>,
): Promise<State> {
  const before = cache.get(user);
  if (before?.total === total) return before;
  const state =
    before !== null && before.total < total
      ? await ranker.extend(before, await actionsFrom(before.total))
      : await ranker.history(await actionsFrom(0));
  cache.set(user, state);
  return state;
}
