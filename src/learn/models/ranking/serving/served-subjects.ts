import { NisusError } from '../../../../base/error.ts';
import type { SubjectTable } from '../../../actions/action-sequences.ts';
import { subjectFeeds } from '../../../actions/ranking-feeds.ts';
import {
  markPlaces,
  markWidth,
  contentOptions,
  subjectFeatures,
  subjectIdRows,
  topicsMax,
  type SubjectFeatures,
} from '../../../actions/subject-features.ts';
import type { TensorValue } from '../../../tensor/tensor-value.ts';
import type { RankerConfig } from '../ranker-config.ts';
import type { KnownIds } from './ranker-manifest.ts';

/** Subjects that a served ranker can be asked about: the vector of each is made once, ahead. */
export interface ServedSubjects {
  /** Subjects put in so far. */
  readonly count: number;
  /** Row of a subject, from 1; 0 where none has the key. Rows never change. */
  rowOf(key: string): number;
  /** Whether training knew the subject of a row: it was acted on or shown before the cut. */
  isKnown(row: number): boolean;
  /** The kind of a row's subject, a place in the manifest's `names.kinds`. */
  kindOf(row: number): number;
  /** A number that stands for the first tag of a row's subject, at least 256; 0 where it has none. */
  firstTagOf(row: number): number;
  /**
   * Makes the vectors of a catalog, of a new subject, or anew of one whose content changed; a history that was encoded
   * before keeps what it knew. Subjects that training never saw speak by their content alone.
   *
   * @returns `[table.count]`, the row of each
   * @throws {SubjectVectorsError}
   */
  put(table: SubjectTable): Promise<Int32Array>;
}

/** Thrown when subjects cannot become vectors. */
export class SubjectVectorsError extends NisusError {
  constructor(problem: string, fields: Readonly<Record<string, unknown>>) {
    super('SUBJECT_VECTORS', problem, { fields });
  }
}

/** What {@link servedSubjects} works by. */
export interface SubjectVectorSource {
  readonly config: RankerConfig;
  readonly embeddingDimension: number | null;
  readonly known: KnownIds;
  /** Subjects at most. */
  readonly subjectsMax: number;
  /** Vectors of each part, `[subjects, dim]`, from the feeds of its graph. */
  readonly vectors: readonly ((feeds: Readonly<Record<string, TensorValue>>) => Promise<Float32Array>)[];
}

/** Subjects of a run of the graph: bounds its memory. */
const subjectsAtOnce = 1024;

/**
 * {@link ServedSubjects} as the graphs read them, row 0 for none, and what candidates are compared with histories by: arrays with
 * room for more, others after a `put`.
 */
export interface SubjectStore extends ServedSubjects, Pick<SubjectFeatures, 'marks' | 'createdMs'> {
  /** Vectors for a part. */
  table(part: number): TensorValue;
}

/** An empty store. */
export async function servedSubjects(source: SubjectVectorSource): Promise<SubjectStore> {
  const { config, subjectsMax, embeddingDimension } = source;
  const { dimension } = config;
  const [knownSubjects, knownAuthors] = [source.known.subjects, source.known.authors].map(
    ({ keys, rows }) => new Map(keys.map((key, at) => [key, rows[at]!])),
  ) as [Map<string, number>, Map<string, number>];
  const rowByKey = new Map<string, number>();
  let marks: Int32Array = new Int32Array(markWidth);
  let createdMs: Float64Array = new Float64Array(1).fill(NaN);
  let ids: Int32Array = new Int32Array(1);
  const none = emptyFeatures(config, embeddingDimension);
  const tables = await Promise.all(source.vectors.map((vectorsOf) => vectorsOf(subjectFeeds(none, [], null))));
  return {
    get count() {
      return rowByKey.size;
    },
    rowOf: (key) => rowByKey.get(key) ?? 0,
    isKnown: (row) => ids[row]! >= subjectIdRows.first,
    kindOf: (row) => marks[row * markWidth + markPlaces.kind]! - 1,
    firstTagOf: (row) => marks[row * markWidth + markPlaces.tags]!,
    async put(table) {
      if ((table.embeddings?.dimension ?? null) !== embeddingDimension) {
        throw new SubjectVectorsError(
          `subjects come with vectors of ${table.embeddings?.dimension ?? 'no'} numbers, the ranker was trained on ${embeddingDimension ?? 'none'}`,
          { given: table.embeddings?.dimension ?? null, needed: embeddingDimension },
        );
      }
      const features = knownFeatures(table, config, knownSubjects, knownAuthors);
      const made = source.vectors.map(() => new Float32Array(table.count * dimension));
      for (let at = 0; at < table.count; at += subjectsAtOnce) {
        const numbers = Array.from({ length: Math.min(subjectsAtOnce, table.count - at) }, (_, index) => at + index);
        const feeds = subjectFeeds(features, numbers, null);
        for (const [part, vectorsOf] of source.vectors.entries())
          made[part]!.set((await vectorsOf(feeds)).subarray(dimension), at * dimension);
      }
      const rows = Int32Array.from(table.keys, (key) => rowByKey.get(key) ?? 0);
      const added = new Set(table.keys.filter((_, at) => rows[at] === 0)).size;
      if (rowByKey.size + added > subjectsMax) {
        throw new SubjectVectorsError(
          `${added} new subjects beside ${rowByKey.size} are more than ${subjectsMax}; raise subjectsMax, or open the ranker anew with those that are still shown`,
          { count: rowByKey.size, added, subjectsMax },
        );
      }
      table.keys.forEach((key, at) => {
        if (!rowByKey.has(key)) rowByKey.set(key, rowByKey.size + 1);
        rows[at] = rowByKey.get(key)!;
      });
      const count = rowByKey.size + 1;
      const put = <Values extends Float32Array | Float64Array | Int32Array>(into: Values, width: number, from: Values): Values => {
        const held = into.length >= count * width ? into : grown(into, count * width);
        rows.forEach((row, at) => held.set(from.subarray(at * width, (at + 1) * width), row * width));
        return held;
      };
      made.forEach((vectors, part) => (tables[part] = put(tables[part]!, dimension, vectors)));
      marks = put(marks, markWidth, features.marks);
      createdMs = put(createdMs, 1, features.createdMs);
      ids = put(ids, 1, features.ids);
      return rows;
    },
    table: (part) => ({
      data: tables[part]!.subarray(0, (rowByKey.size + 1) * dimension),
      shape: [rowByKey.size + 1, dimension],
    }),
    get marks() {
      return marks;
    },
    get createdMs() {
      return createdMs;
    },
  };
}

/** A longer copy, with room for as much again in half. */
function grown<Values extends Float32Array | Float64Array | Int32Array>(values: Values, needed: number): Values {
  const larger = new (values.constructor as new (length: number) => Values)(Math.max(needed, Math.ceil(values.length * 1.5)));
  larger.set(values);
  return larger;
}

/** Features of a table whose numbering is not training's: what training knew is found by key. */
function knownFeatures(
  table: SubjectTable,
  { content }: RankerConfig,
  subjects: ReadonlyMap<string, number>,
  authors: ReadonlyMap<string, number>,
): SubjectFeatures {
  const features = subjectFeatures(table, {
    ...contentOptions(content),
    known: () => false,
    knownAuthor: () => false,
  });
  const { none, unknown } = subjectIdRows;
  return {
    ...features,
    ids: Int32Array.from(table.keys, (key) => subjects.get(key) ?? unknown),
    authors: Int32Array.from(table.authors, (author) => (author < 0 ? none : (authors.get(table.authorIds[author]!) ?? unknown))),
  };
}

function emptyFeatures({ content }: RankerConfig, embeddingDimension: number | null): SubjectFeatures {
  const nothing = new Int32Array(0);
  return {
    count: 0,
    ids: nothing,
    kinds: nothing,
    authors: nothing,
    createdMs: new Float64Array(0),
    marks: nothing,
    topics: { count: 0, width: topicsMax, rows: nothing },
    grams: { count: 0, width: content.gramsMax, rows: nothing },
    embeddings: embeddingDimension === null ? null : { dimension: embeddingDimension, values: new Float32Array(0) },
  };
}
