import { secondsFrom } from '../../../actions/found-feeds.ts';
import { timeGapBucket } from '../../../actions/time-gap.ts';
import type { SimSearchConfig } from '../ranker-config.ts';
import { columnView } from './growing-columns.ts';
import type { HistoryState, Stretch, Tokens } from './history-state.ts';
import type { QueryTable } from './query-table.ts';
import { tokenFeeds, type ServedPage, type SessionFeeds } from './serving-feeds.ts';
import { sessionTensor } from './serving-sessions.ts';

/** What a page's candidates find in a history, as inputs of the graph. */
export interface PageSearch {
  /** Queries of what is read. */
  readonly texts: readonly (string | null)[];
  /** Inputs for the candidates `from … to − 1` of the page. @param queries knows all {@link texts} */
  feeds(from: number, to: number, queries: QueryTable): SessionFeeds;
}

/** Columns of tokens, but for their queries. */
const tokenNames = ['subjects', 'actions', 'surfaces', 'gaps', 'values'] as const;

/** Searches a history for the candidates of a page: as `foundFeeds` and `longFeeds` of training do. */
export function searchForPage(
  config: SimSearchConfig,
  state: HistoryState,
  stretch: Stretch,
  candidates: Int32Array,
  page: ServedPage,
): PageSearch {
  return config.kind === 'hard' ? hardSearch(config.found, state, stretch, candidates, page) : softSearch(config, state, stretch, page);
}

/** The index is asked once a candidate. Cost: candidates × K × the candidate's categories. */
function hardSearch(k: number, { rows, index }: HistoryState, { to }: Stretch, candidates: Int32Array, page: ServedPage): PageSearch {
  // Rows found, from 1; 0 where fewer were.
  const hits = new Int32Array(candidates.length * k);
  const isFound = new Uint8Array(to);
  const texts = new Set<string>();
  for (let at = 0; at < candidates.length; at++) {
    const count = index === null ? 0 : index.search(candidates[at]!, to, hits, at * k, k);
    for (let hit = at * k; hit < at * k + count; hit++) {
      const found = hits[hit]!++;
      if (isFound[found] === 1) continue;
      isFound[found] = 1;
      const text = rows.texts[found]!;
      if (text !== null) texts.add(text);
    }
  }
  const timesMs = columnView(rows, 'timesMs', 0, to);
  return {
    texts: [...texts],
    feeds(from, end, queries) {
      const numbers = new Int32Array(to + 1);
      const found: number[] = [];
      const places = hits.slice(from * k, end * k);
      const intervals = new Int32Array(places.length);
      const gaps = new Int32Array(to + 1);
      for (let at = 0; at < places.length; at++) {
        const row = places[at]!;
        if (row === 0) continue;
        if (numbers[row] === 0) {
          numbers[row] = found.push(row - 1);
          gaps[row] = timeGapBucket(page.timeMs - timesMs[row - 1]!);
        }
        places[at] = numbers[row]!;
        intervals[at] = gaps[row]!;
      }
      const shape = [1, end - from, k];
      return {
        ...tokenFeeds('found', takenTokens(rows, found), queries),
        'found/places': sessionTensor({ data: places, shape }),
        'found/intervals': sessionTensor({ data: intervals, shape }),
      };
    },
  };
}

/** Some rows as tokens, behind one of padding. */
function takenTokens({ data, texts }: HistoryState['rows'], found: readonly number[]): Tokens {
  const taken = (name: string) => {
    const values = data[name]!;
    const into = name === 'values' ? new Float32Array(found.length + 1) : new Int32Array(found.length + 1);
    for (let at = 0; at < found.length; at++) into[at + 1] = values[found[at]!]!;
    return into;
  };
  return {
    columns: Object.fromEntries(tokenNames.map((name) => [name, taken(name)])),
    texts: [null, ...found.map((row) => texts[row]!)],
  };
}

/** The graph compares all that is in reach. Cost: candidates × reach. */
function softSearch(
  { found, reach }: SimSearchConfig & { readonly kind: 'soft' },
  { rows }: HistoryState,
  stretch: Stretch,
  page: ServedPage,
): PageSearch {
  const first = Math.max(0, stretch.to - reach);
  const count = stretch.to - first;
  // The search takes its K best of at least K.
  const length = Math.max(found, count);
  const column = (name: string) => {
    const values = columnView(rows, name, first, stretch.to) as Int32Array | Float32Array;
    if (length === count) return values;
    const padded = name === 'values' ? new Float32Array(length) : new Int32Array(length);
    padded.set(values);
    return padded;
  };
  const timesMs = columnView(rows, 'timesMs', 0, stretch.to);
  // The clock of the stretch, in which the page's time stands; older actions lie before its 0.
  const originMs = stretch.to > stretch.from ? timesMs[stretch.from]! : page.timeMs;
  const seconds = new Int32Array(length);
  for (let at = 0; at < count; at++) seconds[at] = secondsFrom(originMs, timesMs[first + at]!);
  const texts = rows.texts.slice(first, stretch.to);
  const tokens: Tokens = {
    columns: { ...Object.fromEntries(tokenNames.map((name) => [name, column(name)])), seconds },
    texts: [...texts, ...Array.from({ length: length - count }, () => null)],
  };
  return {
    texts,
    feeds: (from, to, queries) => ({
      ...tokenFeeds('long', tokens, queries),
      'long/visible': sessionTensor({ data: new Int32Array(to - from).fill(count), shape: [1, to - from] }),
    }),
  };
}
