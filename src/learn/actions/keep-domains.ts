import type { ActionSequences } from './action-sequences.ts';
import type { ImpressionLists } from './impression-lists.ts';

/**
 * Sequences and pages as they would be had nothing happened in other domains: what a model without them could know. Pages
 * stay as they are, only less is visible to them.
 *
 * @param domains codes of `ActionVocabulary.domains` to keep
 */
export function keepDomains(
  sequences: ActionSequences,
  pages: ImpressionLists,
  domains: ReadonlySet<number>,
): { readonly sequences: ActionSequences; readonly pages: ImpressionLists } {
  const count = sequences.actions.length;
  /** `[count + 1]`, how many of the actions before each are kept. */
  const keptBefore = new Int32Array(count + 1);
  for (let at = 0; at < count; at++) {
    const domain = sequences.vocabulary.domainOfAction[sequences.actions[at]!]!;
    keptBefore[at + 1] = keptBefore[at]! + (domains.has(domain) ? 1 : 0);
  }
  const kept = new Int32Array(keptBefore[count]!);
  for (let at = 0; at < count; at++) if (keptBefore[at + 1]! > keptBefore[at]!) kept[keptBefore[at]!] = at;
  const column = <Values extends Int32Array | Uint8Array | Float64Array | Float32Array>(values: Values): Values => {
    const result = new (values.constructor as new (length: number) => Values)(kept.length);
    for (let at = 0; at < kept.length; at++) result[at] = values[kept[at]!]!;
    return result;
  };
  return {
    sequences: {
      ...sequences,
      offsets: sequences.offsets.map((offset) => keptBefore[offset]!),
      subjects: column(sequences.subjects),
      actions: column(sequences.actions),
      surfaces: column(sequences.surfaces),
      timesMs: column(sequences.timesMs),
      values: column(sequences.values),
      queries: column(sequences.queries),
    },
    pages: {
      ...pages,
      visible: pages.visible.map((visible, list) => {
        const first = sequences.offsets[pages.users[list]!]!;
        return keptBefore[first + visible]! - keptBefore[first]!;
      }),
    },
  };
}
