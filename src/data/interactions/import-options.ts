import { z } from 'zod';
import type { ColumnMapping } from './column-mapping.ts';
import type { TimeUnit } from './event-time.ts';
import { ImportOptionError } from './import-errors.ts';

/** What an import may be told. Everything but the destination has a default. */
export interface ImportOptions {
  /** Folder of the data set; made where it is missing, replaced whole where it holds one. */
  readonly destination: string;
  /** @default The source's base name without extension */
  readonly name?: string | undefined;
  /** A format's name (`csv`, `movielens-1m`, …). @default Told from the source */
  readonly format?: string | undefined;
  /** @default Told from the header by the usual names */
  readonly columns?: ColumnMapping | undefined;
  /** One or two bytes, for CSV and TSV. @default Told from the first line */
  readonly delimiter?: string | undefined;
  /** Whether CSV and TSV have a header line; without one the columns are mapped by number. @default true */
  readonly header?: boolean | undefined;
  /** Of text files. Titles of MovieLens files are latin-1 in any case. @default 'utf-8' */
  readonly encoding?: 'utf-8' | 'latin-1' | undefined;
  /**
   * Unit of numeric times. `auto` looks at the first rows (up to 1,000, or 64 KiB) and takes the unit that makes dates
   * between 1995 and 2100 of most of them, or, where none does, goes by the largest magnitude: under 10^11 means seconds,
   * under 10^14 milliseconds, under 10^17 microseconds, else nanoseconds. Rows whose number is such a date in another
   * unit are then rejected; so are zero and negative numbers among dates. A unit given here is believed for every
   * number in the years 1 to 9999. Times in ISO 8601 need no unit; without an offset they are UTC. @default 'auto'
   */
  readonly timeUnit?: TimeUnit | 'auto' | undefined;
  /** Kinds of event to keep, where there is an event column. @default All */
  readonly events?: readonly string[] | undefined;
  /** Leave out rows with a lower value (a rating, for example). @default Keep all */
  readonly minimumValue?: number | undefined;
  /** Interactions that a user must have to stay (k-core, iterated with the items'). @default 1, that is off */
  readonly minimumUserInteractions?: number | undefined;
  /** Interactions that an item must have to stay. @default 1, that is off */
  readonly minimumItemInteractions?: number | undefined;
  /** Stop at the first bad row instead of setting it aside. @default false */
  readonly strict?: boolean | undefined;
  /** Bad rows written to `rejects.jsonl` at most; all are counted. @default 100,000 */
  readonly rejectLimit?: number | undefined;
  /** A file of titles, or false for none. @default `items.csv`, `u.item`, `movies.dat` or `movies.csv` beside the data */
  readonly titles?: string | false | undefined;
  /** Longest record in bytes; a longer one is rejected. Bounds the memory. @default 16 MiB */
  readonly maximumRecordBytes?: number | undefined;
  /** Threads of the Parquet reader. @default 2 */
  readonly threads?: number | undefined;
  /** Memory of the Parquet reader, in MiB. @default 512 */
  readonly memoryLimitMiB?: number | undefined;
}

const column = z.union([z.string().min(1), z.int().min(1), z.null()]).optional();

const schema = z.strictObject({
  destination: z.string().min(1),
  name: z.string().min(1).optional(),
  format: z.string().optional(),
  columns: z.strictObject({ user: column, item: column, time: column, position: column, value: column, event: column }).default({}),
  delimiter: z.string().optional(),
  header: z.boolean().default(true),
  encoding: z.enum(['utf-8', 'latin-1']).default('utf-8'),
  timeUnit: z.enum(['auto', 'seconds', 'milliseconds', 'microseconds', 'nanoseconds']).default('auto'),
  events: z.array(z.string()).min(1).readonly().optional(),
  minimumValue: z.number().optional(),
  minimumUserInteractions: z.int().min(1).default(1),
  minimumItemInteractions: z.int().min(1).default(1),
  strict: z.boolean().default(false),
  rejectLimit: z.int().min(0).default(100_000),
  titles: z.union([z.string().min(1), z.literal(false)]).optional(),
  maximumRecordBytes: z
    .int()
    .min(64)
    .max(1 << 30)
    .default(16 * 1024 * 1024),
  threads: z.int().min(1).default(2),
  memoryLimitMiB: z.int().min(64).default(512),
});

/** {@link ImportOptions} with every default filled in. */
export type CheckedImportOptions = z.infer<typeof schema>;

/** @throws {ImportOptionError} naming each option that is wrong. */
export function checkImportOptions(options: ImportOptions): CheckedImportOptions {
  const checked = schema.safeParse(options);
  if (!checked.success) {
    throw new ImportOptionError(`Import options are wrong:\n${z.prettifyError(checked.error)}`, {
      issues: checked.error.issues,
    });
  }
  return checked.data;
}
