import type { TensorValue } from '../tensor/tensor-value.ts';
import { createRandom } from '../../base/random.ts';
import type { ActionSequences } from './action-sequences.ts';
import { columnFeeds, emptyActionColumns, fillAction } from './action-columns.ts';
import { denseFeatureCount, denseReader } from './dense-features.ts';
import { foundFeeds, longFeeds } from './found-feeds.ts';
import type { HistorySearch } from './history-search.ts';
import type { FittedActions } from './fit-actions.ts';
import type { GramRows } from './hashed-grams.ts';
import type { ImpressionLists } from './impression-lists.ts';
import { momentFeatureCount } from './moment-features.ts';
import { comparedFrom, type RankingRow } from './ranking-rows.ts';
import { subjectIdRows, type SubjectFeatures } from './subject-features.ts';
import { timeGapBucket } from './time-gap.ts';

/** All that the feeds of a ranking model are made of. */
export interface RankingSource {
  readonly sequences: ActionSequences;
  readonly pages: ImpressionLists;
  readonly subjects: SubjectFeatures;
  /** Grams of `sequences.queryTexts`. */
  readonly queryGrams: GramRows;
  readonly fitted: FittedActions;
  /** `momentsOfPages`; null for models that read no features of candidates and moments. */
  readonly moments: Float32Array | null;
  /** Looks beyond the rows' stretches; for models that search. @default null */
  readonly search?: HistorySearch | null;
}

/** A batch: what the model is fed, and which page and place each of its examples is. */
export interface RankingBatch {
  readonly feeds: Record<string, TensorValue>;
  /** `[examples]`, numbers of places of the pages, row by row. */
  readonly places: Int32Array;
  /** `[pages + 1]`, the examples of each page of the batch stand together: first and end of each. */
  readonly pageOffsets: Int32Array;
  /** Subjects whose vectors the batch holds, from row 1 on. */
  readonly subjects: readonly number[];
  /** Rows of the batch's subjects at which those beyond histories and candidates stand. */
  readonly furtherRows: Int32Array;
}

/** How a training batch differs from a scored one. */
export interface RankingNoise {
  /** Share of subjects whose id is hidden, so that content learns to speak for those that are new. */
  readonly idDropout: number;
  readonly seed: number;
  readonly step: number;
}

/**
 * Fills the inputs of `rankingInputs` for some rows. Subjects and queries are numbered anew within the batch, so that the
 * vector of each is made once.
 *
 * @param lists what the rows' `from` and `to` count in
 * @param noise null when scoring
 * @param further subjects whose vectors are wanted beside those of histories and candidates; −1 for none
 */
export function rankingFeeds(
  source: RankingSource,
  lists: Int32Array,
  rows: readonly RankingRow[],
  noise: RankingNoise | null,
  further: ArrayLike<number> = [],
): RankingBatch {
  const { sequences, pages } = source;
  const batch = rows.length;
  const length = Math.max(1, ...rows.map(({ start, stop }) => stop - start));
  const candidates = Math.max(1, ...rows.map((row) => row.candidates));
  const pageCount = rows.reduce((sum, { from, to }) => sum + to - from, 0);
  const exampleCount = rows.reduce((sum, row) => sum + row.candidates, 0);
  const subjects = createNumbering();
  const queries = createNumbering();
  const numbering = { subject: (number: number) => subjects.of(number), query: (number: number) => queries.of(number) };
  const history = { ...emptyActionColumns(batch * length), seconds: new Int32Array(batch * length) };
  const asked = {
    subjects: new Int32Array(batch * candidates),
    surfaces: new Int32Array(batch * candidates),
    queries: new Int32Array(batch * candidates),
    gaps: new Int32Array(batch * candidates),
    visible: new Int32Array(batch * candidates),
    seconds: new Int32Array(batch * candidates),
    lists: new Int32Array(batch * candidates),
    pages: new Int32Array(batch * candidates),
  };
  const dense = new Float32Array(source.moments === null ? 0 : batch * candidates * denseFeatureCount);
  const reader = denseReader(source.subjects);
  const pagesMax = Math.max(1, ...rows.map(({ from, to }) => to - from));
  const momentWidth = momentFeatureCount(sequences.vocabulary.actions.length);
  const moments = source.moments === null ? null : new Float32Array(batch * pagesMax * momentWidth);
  const ofPages = { visible: new Int32Array(batch * pagesMax), seconds: new Int32Array(batch * pagesMax) };
  const examples = new Int32Array(exampleCount);
  const places = new Int32Array(exampleCount);
  const pageOffsets = new Int32Array(pageCount + 1);
  let example = 0;
  let pageAt = 0;
  rows.forEach((row, index) => {
    const originMs = row.stop > row.start ? sequences.timesMs[row.start]! : pages.timesMs[lists[row.from]!]!;
    const secondsOf = (timeMs: number) => secondsSince(originMs, timeMs);
    for (let at = row.start; at < row.stop; at++) {
      const cell = index * length + at - row.start;
      fillAction(history, cell, source, numbering, row.user, at);
      history.seconds[cell] = secondsOf(sequences.timesMs[at]!);
    }
    let cell = index * candidates;
    const first = sequences.offsets[row.user]!;
    // Actions from the first of these to the other are read.
    let [began, read] = [-1, 0];
    for (let at = row.from; at < row.to; at++) {
      const list = lists[at]!;
      const end = sequences.offsets[row.user]! + pages.visible[list]!;
      const timeMs = pages.timesMs[list]!;
      const page = index * pagesMax + at - row.from;
      ofPages.visible[page] = end - row.start;
      ofPages.seconds[page] = secondsOf(timeMs);
      const gap = end === row.start ? 0 : timeGapBucket(timeMs - sequences.timesMs[end - 1]!);
      if (moments !== null) {
        moments.set(source.moments!.subarray(list * momentWidth, (list + 1) * momentWidth), page * momentWidth);
        const begins = first + comparedFrom(row.start - first, end - first, source.search?.reach ?? null);
        if (begins !== began) {
          reader.begin();
          began = read = begins;
        }
        for (; read < end; read++) reader.see(sequences.subjects[read]!, sequences.timesMs[read]!);
      }
      for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++, cell++) {
        const subject = pages.subjects[place]!;
        if (moments !== null) reader.describe(subject, timeMs, dense, cell * denseFeatureCount);
        asked.subjects[cell] = subjects.of(subject);
        asked.surfaces[cell] = pages.surfaces[list]!;
        asked.queries[cell] = queries.of(pages.queries[list]!);
        asked.gaps[cell] = gap;
        asked.visible[cell] = end - row.start;
        asked.seconds[cell] = secondsOf(timeMs);
        asked.lists[cell] = at - row.from + 1;
        asked.pages[cell] = page;
        examples[example] = cell;
        places[example++] = place;
      }
      pageOffsets[++pageAt] = example;
    }
  });
  const furtherRows = Int32Array.from(further, (subject) => subjects.of(subject));
  const placing = { lists, rows, candidates };
  // Before the subjects and queries are counted: what a search reads adds its own.
  const searched =
    source.search == null
      ? {}
      : source.search.kind === 'hard'
        ? foundFeeds(source, source.search, placing, numbering)
        : longFeeds(source, source.search, placing, numbering);
  return {
    feeds: {
      ...columnFeeds(history, 'history', [batch, length]),
      ...columnFeeds(asked, 'candidates', [batch, candidates]),
      ...columnFeeds(ofPages, 'pages', [batch, pagesMax]),
      ...(moments !== null && {
        'candidates/dense': { data: dense, shape: [batch, candidates, denseFeatureCount] },
        'pages/moments': { data: moments, shape: [batch, pagesMax, momentWidth] },
      }),
      ...searched,
      ...subjectFeeds(source.subjects, subjects.numbers(), noise),
      'queries/grams': gramFeed(source.queryGrams, queries.numbers()),
      examples: { data: examples, shape: [exampleCount] },
    },
    places,
    pageOffsets,
    subjects: subjects.numbers(),
    furtherRows,
  };
}

/** What subject vectors are made of, row 0 for none. Also serves to make the vectors of a whole catalog ahead. */
export function subjectFeeds(
  features: SubjectFeatures,
  numbers: readonly number[],
  noise: RankingNoise | null,
): Record<string, TensorValue> {
  const rows = numbers.length + 1;
  const column = (of: Int32Array) => Int32Array.from({ length: rows }, (_, row) => (row === 0 ? 0 : of[numbers[row - 1]!]!));
  const ids = column(features.ids);
  if (noise !== null && noise.idDropout > 0) {
    const random = createRandom(noise.seed, 'id dropout', noise.step);
    for (let row = 1; row < rows; row++) if (random.next() < noise.idDropout) ids[row] = subjectIdRows.unknown;
  }
  return {
    'subjects/ids': { data: ids, shape: [rows] },
    'subjects/kinds': { data: column(features.kinds), shape: [rows] },
    'subjects/authors': { data: column(features.authors), shape: [rows] },
    'subjects/topics': gramFeed(features.topics, numbers),
    'subjects/grams': gramFeed(features.grams, numbers),
    ...(features.embeddings && { 'subjects/embeddings': embeddingFeed(features.embeddings, numbers) }),
  };
}

function gramFeed({ rows, width }: GramRows, numbers: readonly number[]): TensorValue {
  const data = new Int32Array((numbers.length + 1) * width);
  numbers.forEach((number, at) => data.set(rows.subarray(number * width, (number + 1) * width), (at + 1) * width));
  return { data, shape: [numbers.length + 1, width] };
}

function embeddingFeed({ dimension, values }: NonNullable<SubjectFeatures['embeddings']>, numbers: readonly number[]): TensorValue {
  const data = new Float32Array((numbers.length + 1) * dimension);
  numbers.forEach((number, at) => data.set(values.subarray(number * dimension, (number + 1) * dimension), (at + 1) * dimension));
  return { data, shape: [numbers.length + 1, dimension] };
}

/** Whole seconds since a row's first action, 0 for what is before it. */
export function secondsSince(originMs: number, timeMs: number): number {
  return Math.max(0, Math.min(0x7fff_ffff, Math.round((timeMs - originMs) / 1000)));
}

/** Numbers things from 1 as they come; 0 for what is below 0. */
function createNumbering() {
  const rows = new Map<number, number>();
  return {
    of(number: number): number {
      if (number < 0) return 0;
      let row = rows.get(number);
      if (row === undefined) rows.set(number, (row = rows.size + 1));
      return row;
    },
    numbers: (): readonly number[] => [...rows.keys()],
  };
}
