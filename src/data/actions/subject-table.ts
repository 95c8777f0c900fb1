import type { SubjectRecord } from '../catalog/subject-record.ts';
import { SUBJECT_KINDS } from '../events/event-actions.ts';
import type { EventSubject } from '../events/event.ts';
import { subjectKey, subjectOfKey } from '../events/subject-key.ts';
import type { RaggedIndices } from './action-sequences.ts';
import { createTextInterning } from './text-interning.ts';

/**
 * What is known of subjects beside what was done with them. All columns are `[count]`.
 *
 * Structurally the `SubjectTable` of the learning wing, with the names behind its numbers.
 */
export interface SubjectTable {
  readonly count: number;
  /** `subjectKey` of each. */
  readonly keys: readonly string[];
  /** Places in `SUBJECT_KINDS`. */
  readonly kinds: Uint8Array;
  /** Title and text of the catalog; tags, instruments and id where the catalog has none. */
  readonly texts: readonly string[];
  /** Indices into {@link authorIds}; −1 for none. */
  readonly authors: Int32Array;
  readonly authorIds: readonly string[];
  readonly tagNames: readonly string[];
  /** Indices into {@link tagNames}. */
  readonly tags: RaggedIndices;
  /** Instruments that each is about, indices into this table; an instrument does not mention itself. */
  readonly mentions: RaggedIndices;
  /** When the catalog says that it came to be; NaN where it does not. */
  readonly createdMs: Float64Array;
  /** Always null: an embedding made elsewhere is put in its place by whoever has one. */
  readonly embeddings: { readonly dimension: number; readonly values: Float32Array } | null;
}

/** Finds records by key, in the order of the keys, null for those that are not there: `Catalog.get` is one. */
export type RecordLookup<Record> = (keys: readonly string[]) => Promise<readonly (Record | null)[]>;

/** Subjects as they turn up in a log. */
export interface SubjectGathering {
  /** Index of a subject; what its event tells of it is kept where nothing was told before. */
  intern(subject: EventSubject): number;
  count(): number;
  /**
   * The table. With a lookup, what the catalog tells goes before what events told; instruments that it names come in too.
   *
   * @throws the signal's reason; what the lookup throws
   */
  take(lookup: RecordLookup<SubjectRecord> | undefined, signal: AbortSignal | undefined): Promise<SubjectTable>;
}

/** Keys asked for at a time. */
export const LOOKUP_KEYS = 1000;

const NOTHING: readonly number[] = [];
const INSTRUMENT = SUBJECT_KINDS.indexOf('instrument');

/** No subjects yet. About 150 bytes a subject, beside its key and text. */
export function createSubjectGathering(): SubjectGathering {
  const keys = createTextInterning();
  const authorIds = createTextInterning();
  const tagIds = createTextInterning();
  const kinds: number[] = [];
  const authors: number[] = [];
  const tags: (readonly number[])[] = [];
  const mentions: (readonly number[])[] = [];

  const add = (key: string, kind: number) => {
    const index = keys.intern(key);
    if (index === kinds.length) {
      kinds.push(kind);
      authors.push(-1);
      tags.push(NOTHING);
      mentions.push(NOTHING);
    }
    return index;
  };
  const internTags = (names: readonly string[]) => distinct(names.map((name) => tagIds.intern(name)));
  const internInstruments = (self: number, ids: readonly string[]) =>
    distinct(ids.map((id) => add(subjectKey({ kind: 'instrument', id }), INSTRUMENT)).filter((index) => index !== self));

  const tell = (index: number, subject: Pick<EventSubject, 'authorId' | 'tags' | 'instruments'>) => {
    if (subject.authorId !== null) authors[index] = authorIds.intern(subject.authorId);
    if (subject.tags.length > 0) tags[index] = internTags(subject.tags);
    if (subject.instruments.length > 0) mentions[index] = internInstruments(index, subject.instruments);
  };

  return {
    count: () => kinds.length,
    intern(subject) {
      const index = add(subjectKey(subject), SUBJECT_KINDS.indexOf(subject.kind));
      const { authorId } = subject;
      if (authorId !== null && authors[index] === -1) authors[index] = authorIds.intern(authorId);
      if (subject.tags.length > 0 && tags[index] === NOTHING) tags[index] = internTags(subject.tags);
      if (subject.instruments.length > 0 && mentions[index] === NOTHING) mentions[index] = internInstruments(index, subject.instruments);
      return index;
    },
    async take(lookup, signal) {
      const texts: (string | null)[] = [];
      const createdMs: number[] = [];
      // Records may name instruments that no event did: the table grows while it is gone through.
      for (let from = 0, to = 0; lookup !== undefined && from < kinds.length; from = to) {
        signal?.throwIfAborted();
        to = Math.min(kinds.length, from + LOOKUP_KEYS);
        const records = await lookup(keys.texts(from, to));
        for (let at = from; at < to; at++) {
          const record = records[at - from] ?? null;
          texts[at] = record === null ? null : `${record.title}\n${record.text}`;
          createdMs[at] = record?.createdMs ?? NaN;
          if (record !== null) tell(at, record);
        }
      }
      const count = kinds.length;
      const names = keys.texts();
      const tagNames = tagIds.texts();
      const idOf = (index: number) => subjectOfKey(names[index]!)!.id;
      const plainText = (index: number) =>
        [...tags[index]!.map((tag) => tagNames[tag]!), ...mentions[index]!.map(idOf), idOf(index)].join(' ');
      return {
        count,
        keys: names,
        kinds: Uint8Array.from(kinds),
        texts: Array.from({ length: count }, (_, at) => texts[at] ?? plainText(at)),
        authors: Int32Array.from(authors),
        authorIds: authorIds.texts(),
        tagNames,
        tags: ragged(tags),
        mentions: ragged(mentions),
        createdMs: Float64Array.from({ length: count }, (_, at) => createdMs[at] ?? NaN),
        embeddings: null,
      };
    },
  };
}

function distinct(indices: readonly number[]): readonly number[] {
  return indices.length < 2 ? indices : [...new Set(indices)];
}

function ragged(lists: readonly (readonly number[])[]): RaggedIndices {
  const offsets = new Int32Array(lists.length + 1);
  for (let at = 0; at < lists.length; at++) offsets[at + 1] = offsets[at]! + lists[at]!.length;
  const values = new Int32Array(offsets[lists.length]!);
  for (let at = 0; at < lists.length; at++) values.set(lists[at]!, offsets[at]);
  return { offsets, values };
}
