import type { PlainPage, PlainToken } from './actions-oracle.fixture.ts';
import type { ActionData } from './read-actions.ts';

/** What columns say, written out: tokens by user, pages in order. To be held beside the oracle's. */
export function plainActions({ sequences, pages, subjects, users }: ActionData): {
  readonly tokens: ReadonlyMap<string, readonly PlainToken[]>;
  readonly pages: readonly Omit<PlainPage, 'requestId'>[];
} {
  const { vocabulary, offsets, queryTexts } = sequences;
  const keyOf = (subject: number) => (subject < 0 ? null : subjects.keys[subject]!);
  const queryOf = (query: number) => (query < 0 ? null : queryTexts[query]!);
  const tokensOf = (first: number, end: number) =>
    Array.from({ length: end - first }, (_, at): PlainToken => {
      const token = first + at;
      return {
        action: vocabulary.actions[sequences.actions[token]!]!,
        subject: keyOf(sequences.subjects[token]!),
        surface: vocabulary.surfaces[sequences.surfaces[token]!]!,
        timeMs: sequences.timesMs[token]!,
        value: sequences.values[token]!,
        query: queryOf(sequences.queries[token]!),
      };
    });
  return {
    tokens: new Map(users.ids.map((id, user) => [id, tokensOf(offsets[user]!, offsets[user + 1]!)])),
    pages: Array.from({ length: pages.listCount }, (_, list) => {
      const user = pages.users[list]!;
      const first = pages.offsets[list]!;
      return {
        user: users.ids[user]!,
        timeMs: pages.timesMs[list]!,
        surface: vocabulary.surfaces[pages.surfaces[list]!]!,
        query: queryOf(pages.queries[list]!),
        history: tokensOf(offsets[user]!, offsets[user]! + pages.visible[list]!),
        places: Array.from({ length: pages.offsets[list + 1]! - first }, (_, at) => ({
          subject: keyOf(pages.subjects[first + at]!)!,
          position: pages.positions[first + at]!,
          propensity: pages.propensities[first + at]!,
          seenMs: pages.seenMs[first + at]!,
          knownMs: pages.knownMs[first + at]!,
        })),
      };
    }),
  };
}
