import type { ColumnMapping, ColumnRole } from '../column-mapping.ts';
import type { TimeUnit } from '../event-time.ts';
import type { SourceFile } from '../reading/byte-source.ts';
import type { RowSink } from '../row-sink.ts';

/** What orders a user's interactions. */
export type InteractionOrder =
  /** Time stamps; ties in file order. */
  | 'time'
  /** A position without a date: the data set has no times. */
  | 'position'
  /** Nothing but the order of the rows in the file: the data set has no times, and duplicates cannot be told. */
  | 'file';

/** The options that a format may look at, all defaults filled in. */
export interface FormatOptions {
  readonly columns: ColumnMapping;
  readonly delimiter: string | null;
  readonly header: boolean;
  readonly encoding: 'utf-8' | 'latin-1';
  readonly timeUnit: TimeUnit | 'auto';
  readonly maximumRecordBytes: number;
  /** For formats that DuckDB reads. */
  readonly threads: number;
  readonly memoryLimitMiB: number;
  /** A folder inside the destination for spilling; it goes when the import ends. */
  readonly temporaryFolder: string;
}

/** How a read is watched and stopped. */
export interface ReadControl {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: (bytes: number) => void;
}

/** A source whose columns have been found. */
export interface SourcePlan {
  readonly columns: Partial<Record<ColumnRole, string>>;
  readonly order: InteractionOrder;
  /** Unit of numeric times, given or detected; null where there are no times. */
  readonly timeUnit: TimeUnit | null;
  readonly hasEvents: boolean;
  /** Reads every row into the sink, bad ones into its reject log. */
  read(sink: RowSink, control: ReadControl): Promise<void>;
  /** Reads the source again for the raw text of some rows, in file order (their lines are known only to be wanted later). */
  rawRows(lines: ReadonlySet<number>, onRow: (line: number, raw: string) => void, control: ReadControl): Promise<void>;
}

/** A kind of source. One file a format; `registry.ts` lists them. */
export interface InteractionFormat {
  /** Stable, as in `--format`. */
  readonly name: string;
  /** One phrase for help and errors. */
  readonly summary: string;
  /** Base names (without `.gz`) by which the format finds its file inside a folder. */
  readonly folderFiles: readonly string[];
  /** Whether a file looks like this format. */
  recognises(file: SourceFile): boolean;
  /** Finds columns, order and time unit. */
  plan(file: SourceFile, options: FormatOptions): Promise<SourcePlan>;
}
