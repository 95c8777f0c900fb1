import { markPlaces, markWidth, type SubjectFeatures } from './subject-features.ts';

/**
 * What makes two subjects of one category: any tag, the first of their tags (the main one, where tags stand in order of
 * weight), the author, the kind, or something that both mention. A subject that is mentioned itself belongs to those who
 * mention it, and to itself.
 */
export type SearchCategory = (typeof searchCategories)[number];

/** All of them, see {@link SearchCategory}. */
export const searchCategories = ['tag', 'first-tag', 'author', 'kind', 'mention'] as const;

/** The categories of subjects as numbers: two subjects share one where they share a number. */
export interface SearchKeys {
  /** Subjects that have categories: 0 … count − 1. */
  readonly count: number;
  /** Writes a subject's numbers, none twice, at most {@link markWidth}. @returns how many. Cost: its marks */
  read(subject: number, into: Int32Array): number;
}

const { own, author, kind, tags, mentions } = markPlaces;
const between = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

/** Marks of each category. */
const placesOf: Readonly<Record<SearchCategory, readonly number[]>> = {
  tag: between(tags, mentions),
  'first-tag': [tags],
  author: [author],
  kind: [kind],
  mention: [own, ...between(mentions, markWidth)],
};

/**
 * Keys over the marks of subjects: hashes of names, so that every table that holds a subject gives it the same, and a model searches
 * in serving as it did in training. What is beyond the marks (tags after the sixth, mentions after the second) is not searched by.
 *
 * @param subjects read anew at every call: they may grow
 * @param categories which to use; more of them find more and, since the latest come first, less to the point
 */
export function searchKeys(subjects: Pick<SubjectFeatures, 'marks'>, categories: readonly SearchCategory[]): SearchKeys {
  const places = Int32Array.from(new Set(categories.flatMap((category) => placesOf[category])));
  return {
    get count() {
      return subjects.marks.length / markWidth;
    },
    read(subject, into) {
      const { marks } = subjects;
      let count = 0;
      for (let at = 0; at < places.length; at++) {
        const mark = marks[subject * markWidth + places[at]!]!;
        if (mark === 0) continue;
        let before = 0;
        while (before < count && into[before] !== mark) before++;
        if (before === count) into[count++] = mark;
      }
      return count;
    },
  };
}
