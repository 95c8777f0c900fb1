import type { RaggedIndices, SubjectTable } from './action-sequences.ts';

/**
 * What makes two subjects of one category: any tag, the first of their tags (the main one, where tags stand in order of
 * weight), the author, the kind, or something that both mention. A subject that is mentioned itself belongs to those who
 * mention it, and to itself.
 */
export type SearchCategory = (typeof searchCategories)[number];

/** All of them, see {@link SearchCategory}. */
export const searchCategories = ['tag', 'first-tag', 'author', 'kind', 'mention'] as const;

/**
 * The categories of every subject as numbers: two subjects share one where their lists share a number. Ascending and without
 * repetition.
 *
 * @param categories which to use; more of them find more and, since the latest come first, less to the point
 */
export function searchKeys(table: SubjectTable, categories: readonly SearchCategory[]): RaggedIndices {
  const wanted = new Set(categories);
  const authors = table.authors.reduce((most, author) => Math.max(most, author + 1), 0);
  // Each category has a stretch of numbers of its own.
  const authorsFrom = table.tagNames.length;
  const kindsFrom = authorsFrom + authors;
  const ownFrom = kindsFrom + 256;
  const offsetsOfTags = table.tags.offsets;
  const offsets = new Int32Array(table.count + 1);
  const values: number[] = [];
  for (let subject = 0; subject < table.count; subject++) {
    const keys = new Set<number>();
    if (wanted.has('tag')) addAll(keys, table.tags, subject, 0);
    if (wanted.has('first-tag') && offsetsOfTags[subject]! < offsetsOfTags[subject + 1]!)
      keys.add(table.tags.values[offsetsOfTags[subject]!]!);
    if (wanted.has('author') && table.authors[subject]! >= 0) keys.add(authorsFrom + table.authors[subject]!);
    if (wanted.has('kind')) keys.add(kindsFrom + table.kinds[subject]!);
    if (wanted.has('mention')) {
      keys.add(ownFrom + subject);
      addAll(keys, table.mentions, subject, ownFrom);
    }
    values.push(...[...keys].sort((a, b) => a - b));
    offsets[subject + 1] = values.length;
  }
  return { offsets, values: Int32Array.from(values) };
}

function addAll(keys: Set<number>, lists: RaggedIndices, subject: number, from: number): void {
  for (let at = lists.offsets[subject]!; at < lists.offsets[subject + 1]!; at++) keys.add(from + lists.values[at]!);
}
