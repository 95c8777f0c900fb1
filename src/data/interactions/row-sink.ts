import { createIdTable, type IdTable } from './id-table.ts';
import { ImportOptionError } from './import-errors.ts';
import { createInteractionRows, type InteractionRows } from './interaction-rows.ts';
import type { RejectLog } from './reject-log.ts';

/** Where a format puts what it reads. */
export interface RowSink {
  readonly users: IdTable;
  readonly items: IdTable;
  readonly rows: InteractionRows;
  readonly rejects: RejectLog;
  /** Index of an event's name. @throws {ImportOptionError} beyond 256 different names. */
  kindOf(bytes: Uint8Array, start: number, end: number): number;
  /** As {@link RowSink.kindOf}, for a string. */
  kindOfText(name: string): number;
  /** Every kind's name, by its index. */
  kindTexts(): readonly string[];
  /** Whether the event filter keeps a kind. */
  keepsKind(kind: number): boolean;
  /** Whether the value filter keeps a row. */
  keepsValue(value: number): boolean;
  readonly counts: { rowsRead: number; filteredByEvent: number; filteredByValue: number };
}

const KINDS_MAX = 256;

/** A sink with empty tables. */
export function createRowSink(options: {
  readonly encoding: 'utf-8' | 'latin-1';
  readonly rejects: RejectLog;
  readonly hasKeys: boolean;
  readonly hasKinds: boolean;
  /** Whether the rows' values are kept. @default false */
  readonly hasValues?: boolean;
  /** Kinds of event to keep; null keeps all. */
  readonly events: readonly string[] | null;
  /** Rows with a lower value are left out; null keeps all. */
  readonly minimumValue: number | null;
}): RowSink {
  const { events, minimumValue } = options;
  const kinds = createIdTable(options.encoding);
  const kept: boolean[] = [];
  const known = (kind: number): number => {
    if (kind < 0 || kinds.count() > KINDS_MAX) {
      throw new ImportOptionError(
        `The event column has more than ${KINDS_MAX} different values; it is no kind of event. Map columns.event to another, or to null.`,
      );
    }
    while (kept.length < kinds.count()) kept.push(events === null || events.includes(kinds.text(kept.length)));
    return kind;
  };
  return {
    users: createIdTable(options.encoding),
    items: createIdTable(options.encoding),
    rows: createInteractionRows(options.hasKeys, options.hasKinds, options.hasValues),
    rejects: options.rejects,
    kindOf: (bytes, start, end) => known(kinds.intern(bytes, start, end)),
    kindOfText: (name) => known(kinds.internText(name)),
    kindTexts: () => Array.from({ length: kinds.count() }, (_, kind) => kinds.text(kind)),
    keepsKind: (kind) => kept[kind]!,
    keepsValue: (value) => minimumValue === null || value >= minimumValue,
    counts: { rowsRead: 0, filteredByEvent: 0, filteredByValue: 0 },
  };
}
