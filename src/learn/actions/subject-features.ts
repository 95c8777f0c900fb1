import { valuesOf, type SubjectTable } from './action-sequences.ts';
import { hashGrams, type GramOptions, type GramRows } from './hashed-grams.ts';

/** Row of the id table that stands for no subject, and for one that training never saw. */
export const subjectIdRows = { none: 0, unknown: 1, first: 2 } as const;

/** What a model reads of each subject, a row a subject. */
export interface SubjectFeatures {
  readonly count: number;
  /** `[count]`, rows of the id table: {@link subjectIdRows}. */
  readonly ids: Int32Array;
  /** `[count]`, kind + 1. */
  readonly kinds: Int32Array;
  /** `[count]`, rows of the author table: 0 none, 1 unknown. */
  readonly authors: Int32Array;
  /** `[count]`, when each came to be, milliseconds since the epoch; NaN where unknown. */
  readonly createdMs: Float64Array;
  readonly grams: GramRows;
  readonly embeddings: SubjectTable['embeddings'];
}

/** How subjects become features. */
export interface SubjectFeatureOptions extends GramOptions {
  /** `[count]`, whether training saw the subject: others have no id vector of their own, their content speaks for them. */
  readonly known: (subject: number) => boolean;
  readonly knownAuthor: (author: number) => boolean;
  /** Rows of the id table beside the two special ones; ids beyond are folded onto them. */
  readonly idBuckets: number;
  readonly authorBuckets: number;
}

/** Features of all subjects of a table. Cost: linear in their texts. */
export function subjectFeatures(table: SubjectTable, options: SubjectFeatureOptions): SubjectFeatures {
  const { count, kinds, authors } = table;
  const { none, unknown, first } = subjectIdRows;
  const fold = (at: number, known: boolean, buckets: number) => (at < 0 ? none : known ? first + (at % buckets) : unknown);
  return {
    count,
    ids: Int32Array.from({ length: count }, (_, at) => fold(at, options.known(at), options.idBuckets)),
    kinds: Int32Array.from(kinds, (kind) => kind + 1),
    authors: Int32Array.from(authors, (author) => fold(author, author >= 0 && options.knownAuthor(author), options.authorBuckets)),
    grams: hashGrams(table.texts, options, (at) => marksOf(table, at)),
    createdMs: table.createdMs,
    embeddings: table.embeddings,
  };
}

/** Tags and mentions of a subject as grams that count whole. */
function marksOf({ keys, tagNames, tags, mentions }: SubjectTable, at: number): string[] {
  const marks: string[] = [];
  for (const tag of valuesOf(tags, at)) marks.push(`tag:${tagNames[tag]!}`);
  for (const subject of valuesOf(mentions, at)) marks.push(`mention:${keys[subject]!}`);
  return marks;
}
