import type * as ort from 'onnxruntime-node';
import { denseFeatureCount } from '../../../actions/dense-features.ts';
import { secondsSince } from '../../../actions/ranking-feeds.ts';
import { timeGapBucket } from '../../../actions/time-gap.ts';
import type { TensorValue } from '../../../tensor/tensor-value.ts';
import { columnView, type ColumnKind } from './growing-columns.ts';
import type { HistoryState, Stretch, Tokens } from './history-state.ts';
import type { QueryTable } from './query-table.ts';
import type { RankerManifest } from './ranker-manifest.ts';
import { keepsHistory } from './serving-graphs.ts';
import { cacheWidths } from './serving-inputs.ts';
import { sessionTensor } from './serving-sessions.ts';

/** What candidates are asked about together. */
export interface ServedPage {
  /** When the page is asked for, milliseconds since the epoch. */
  readonly timeMs: number;
  /** Place in the manifest's `names.surfaces`. */
  readonly surface: number;
  /** The query that the page answers; null for none. */
  readonly query: string | null;
}

/** Feeds of a session. */
export type SessionFeeds = Record<string, ort.Tensor>;

/** Columns of what encoders keep of each action, `PART/blockN/key` and `/value`; none where histories are not kept. */
export function keptColumns({ model: { encoder }, parts }: Pick<RankerManifest, 'model' | 'parts'>): Record<string, ColumnKind> {
  if (!keepsHistory(encoder)) return {};
  const widths = cacheWidths(encoder);
  const blocks = Array.from({ length: encoder.blocks }, (_, block) => block);
  return Object.fromEntries(
    [...parts.keys()].flatMap((part) =>
      blocks.flatMap((block) =>
        (['key', 'value'] as const).map((kind) => [`${part}/block${block}/${kind}`, { type: 'float32', width: widths[kind] }] as const),
      ),
    ),
  );
}

/** Actions as `history/…`; a row of padding where there are none. */
export function actionFeeds(tokens: Tokens, queries: QueryTable): SessionFeeds {
  return tokens.texts.length === 0 ? actionFeeds(padding, queries) : tokenFeeds('history', tokens, queries);
}

/** Tokens as `PART/…`, `[1, tokens]` each, with their queries by the table. */
export function tokenFeeds(part: string, { columns, texts }: Tokens, queries: QueryTable): SessionFeeds {
  const feeds: SessionFeeds = {};
  for (const [name, values] of Object.entries(columns)) {
    if (!(values instanceof Float64Array)) feeds[`${part}/${name}`] = row(values, texts.length);
  }
  feeds[`${part}/queries`] = row(
    Int32Array.from(texts, (text) => queries.rowOf(text)),
    texts.length,
  );
  return feeds;
}

const padding: Tokens = {
  columns: {
    ...Object.fromEntries(['subjects', 'actions', 'surfaces', 'gaps', 'seconds'].map((name) => [name, new Int32Array(1)])),
    values: new Float32Array(1),
  },
  texts: [null],
};

/** The first `length` actions of a state as a part's encoder keeps them, `past/…`. */
export function pastFeeds({ rows }: Pick<HistoryState, 'rows'>, length: number, part: number): SessionFeeds {
  const feeds: SessionFeeds = { 'past/seconds': row(columnView(rows, 'seconds', 0, length) as Int32Array, length) };
  for (const [name, { width }] of Object.entries(rows.kinds)) {
    if (!name.startsWith(`${part}/`)) continue;
    const data = columnView(rows, name, 0, length) as Float32Array;
    feeds[`past/${name.slice(`${part}/`.length)}`] = sessionTensor({ data, shape: [1, length, width] });
  }
  return feeds;
}

/** {@link pastFeeds} of a user without actions, for candidates: one that is masked. */
export function emptyPast(kept: Readonly<Record<string, ColumnKind>>, part: number): SessionFeeds {
  const feeds: SessionFeeds = { 'past/seconds': row(new Int32Array(1), 1) };
  for (const [name, { width }] of Object.entries(kept)) {
    if (name.startsWith(`${part}/`))
      feeds[`past/${name.slice(`${part}/`.length)}`] = sessionTensor({ data: new Float32Array(width), shape: [1, 1, width] });
  }
  return feeds;
}

/** What a page has once, `page/…`. @param moment what the user is like then, `momentReader` */
export function pageFeeds(
  { rows }: HistoryState,
  { from, to }: Stretch,
  page: ServedPage,
  query: number,
  moment: Float32Array,
): SessionFeeds {
  const one = (value: number) => row(Int32Array.of(value), 1);
  const timeOf = (at: number) => rows.data['timesMs']![at]!;
  return {
    'page/surface': one(page.surface),
    'page/query': one(query),
    'page/gap': one(to === from ? 0 : timeGapBucket(page.timeMs - timeOf(to - 1))),
    'page/moment': sessionTensor({ data: moment, shape: [1, 1, moment.length] }),
    'page/visible': one(to - from),
    'page/seconds': one(to === from ? 0 : secondsSince(timeOf(from), page.timeMs)),
  };
}

/** Candidates as `candidates/…`. @param dense `[candidates, denseFeatureCount]` */
export function candidateFeeds(candidates: Int32Array, dense: Float32Array): SessionFeeds {
  return {
    'candidates/subjects': row(candidates, candidates.length),
    'candidates/dense': sessionTensor({ data: dense, shape: [1, candidates.length, denseFeatureCount] }),
  };
}

function row(data: TensorValue['data'], length: number) {
  return sessionTensor({ data, shape: [1, length] });
}
