import { createIdTable, type IdTable } from '../interactions/id-table.ts';

/** Texts and their dense indices, in order of first appearance. */
export interface TextInterning {
  count(): number;
  intern(text: string): number;
  /** The texts of indices `from … to − 1`. @default all */
  texts(from?: number, to?: number): readonly string[];
}

/** An `IdTable` for texts that are mostly short, ASCII and known: those cost no object. */
export function createTextInterning(): TextInterning {
  const table: IdTable = createIdTable();
  const bytes = new Uint8Array(256);
  let lastText: string | null = null;
  let lastIndex = -1;
  return {
    count: () => table.count(),
    intern(text) {
      // Events of one person and page come in a row.
      if (text === lastText) return lastIndex;
      const length = text.length;
      let at = 0;
      if (length <= bytes.length) {
        for (; at < length; at++) {
          const code = text.charCodeAt(at);
          if (code > 0x7f) break;
          bytes[at] = code;
        }
      }
      lastIndex = at === length ? table.intern(bytes, 0, length) : table.internText(text);
      lastText = text;
      return lastIndex;
    },
    texts: (from = 0, to = table.count()) => Array.from({ length: to - from }, (_, at) => table.text(from + at)),
  };
}
