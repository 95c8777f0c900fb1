import { valuesOf, type SubjectTable } from './action-sequences.ts';
import { hashGrams, hashOf, type GramOptions, type GramRows } from './hashed-grams.ts';

/** Row of the id table that stands for no subject, and for one that training never saw. */
export const subjectIdRows = { none: 0, unknown: 1, first: 2 } as const;

/** Tags and mentions of a subject that are marks: the first of each. */
const TAGS_MAX = 6;
const MENTIONS_MAX = 2;
/** Tags and mentions of a subject that are read, together. */
export const topicsMax = TAGS_MAX + MENTIONS_MAX;

/** Where each mark of a subject stands; tags and mentions begin there, and are the topics together. */
export const markPlaces = { own: 0, author: 1, kind: 2, tags: 3, mentions: 3 + TAGS_MAX } as const;
const TOPICS_FROM = markPlaces.tags;

/** Places of a subject's marks. */
export const markWidth = TOPICS_FROM + topicsMax;

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
  /** Tags and mentions, as rows of a table of their own. */
  readonly topics: GramRows;
  /** Of its text. */
  readonly grams: GramRows;
  /**
   * `[count, markWidth]`: names of itself, author, kind, tags and mentions as hashes of 31 bits, 0 for none. Two subjects have
   * in common what they share a mark of; what is mentioned is marked by its own name, wherever it stands.
   */
  readonly marks: Int32Array;
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
  /** Rows of the table of tags and mentions, beside row 0 for none. */
  readonly topicBuckets: number;
}

/** The sizes of a model's content, as {@link subjectFeatures} takes them. */
export function contentOptions({
  gramBuckets,
  gramsMax,
  idBuckets,
  authorBuckets,
  topicBuckets,
}: {
  readonly gramBuckets: number;
} & Pick<SubjectFeatureOptions, 'gramsMax' | 'idBuckets' | 'authorBuckets' | 'topicBuckets'>) {
  return { buckets: gramBuckets, gramsMax, idBuckets, authorBuckets, topicBuckets };
}

/** Features of all subjects of a table. Cost: linear in their texts. */
export function subjectFeatures(table: SubjectTable, options: SubjectFeatureOptions): SubjectFeatures {
  const { count, kinds, authors } = table;
  const { none, unknown, first } = subjectIdRows;
  const marks = subjectMarks(table);
  const fold = (at: number, known: boolean, buckets: number) => (at < 0 ? none : known ? first + (at % buckets) : unknown);
  return {
    count,
    ids: Int32Array.from({ length: count }, (_, at) => fold(at, options.known(at), options.idBuckets)),
    kinds: Int32Array.from(kinds, (kind) => kind + 1),
    authors: Int32Array.from(authors, (author) => fold(author, author >= 0 && options.knownAuthor(author), options.authorBuckets)),
    grams: hashGrams(table.texts, options),
    marks,
    topics: { count, width: topicsMax, rows: topicRows(marks, count, options.topicBuckets) },
    createdMs: table.createdMs,
    embeddings: table.embeddings,
  };
}

function subjectMarks({ count, keys, kinds, authors, authorIds, tagNames, tags, mentions }: SubjectTable): Int32Array {
  const marks = new Int32Array(count * markWidth);
  const own = keys.map((key) => mark(`subject:${key}`));
  const ofAuthors = authorIds.map((author) => mark(`author:${author}`));
  const ofTags = tagNames.map((tag) => mark(`tag:${tag}`));
  for (let at = 0, to = 0; at < count; at++, to += markWidth) {
    marks[to + markPlaces.own] = own[at]!;
    if (authors[at]! >= 0) marks[to + markPlaces.author] = ofAuthors[authors[at]!]!;
    marks[to + markPlaces.kind] = kinds[at]! + 1;
    valuesOf(tags, at)
      .subarray(0, TAGS_MAX)
      .forEach((tag, index) => (marks[to + markPlaces.tags + index] = ofTags[tag]!));
    valuesOf(mentions, at)
      .subarray(0, MENTIONS_MAX)
      .forEach((subject, index) => (marks[to + markPlaces.mentions + index] = own[subject]!));
  }
  return marks;
}

/** `[count, topicsMax]`, the marks of topics folded onto the rows of a table. */
function topicRows(marks: Int32Array, count: number, buckets: number): Int32Array {
  return Int32Array.from({ length: count * topicsMax }, (_, place) => {
    const topic = marks[Math.floor(place / topicsMax) * markWidth + TOPICS_FROM + (place % topicsMax)]!;
    return topic === 0 ? 0 : 1 + (topic % buckets);
  });
}

/** Never 0, nor a kind. */
function mark(name: string): number {
  return Math.max(256, hashOf(name));
}
