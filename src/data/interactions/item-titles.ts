import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { USUAL_NAMES } from './column-mapping.ts';
import { ColumnMissingError } from './import-errors.ts';
import { openSource } from './reading/byte-source.ts';
import { readRecords } from './formats/delimited.ts';
import type { ReadControl } from './formats/format.ts';
import { fieldText } from './reading/record-reader.ts';

interface TitleLayout {
  readonly delimiter: string;
  readonly quoting: boolean;
  readonly encoding: 'utf-8' | 'latin-1';
  /** Places of id and title; null: told by the header. */
  readonly places: readonly [number, number] | null;
}

const CSV: TitleLayout = { delimiter: ',', quoting: true, encoding: 'utf-8', places: null };

/** Title files by base name (without `.gz`), the preferred first. */
const TITLE_FILES: ReadonlyMap<string, TitleLayout> = new Map<string, TitleLayout>([
  ['items.csv', CSV],
  ['u.item', { delimiter: '|', quoting: false, encoding: 'latin-1', places: [0, 1] }],
  ['movies.dat', { delimiter: '::', quoting: false, encoding: 'latin-1', places: [0, 1] }],
  ['movies.csv', CSV],
  ['items.tsv', { ...CSV, delimiter: '\t' }],
]);

const TITLE_NAMES = ['title', 'name', 'item_name', 'product_name', 'headline'];
const RECORD_BYTES_MAX = 1 << 20;

/** The title file that stands beside a data file; null where there is none. */
export async function findTitleFile(dataPath: string): Promise<string | null> {
  const folder = dirname(dataPath);
  const names = new Set(await readdir(folder));
  for (const base of TITLE_FILES.keys()) {
    for (const name of [base, `${base}.gz`]) if (names.has(name)) return join(folder, name);
  }
  return null;
}

/**
 * Reads the titles of items: `items.csv` or any other CSV/TSV with an item and a title column, MovieLens' `u.item`
 * (latin-1, bars) or `movies.dat` (latin-1, `::`).
 *
 * @returns A title, or null, for each id; null where no item of the data set has one. Of repeated ids the first counts.
 * @throws {SourceMissingError}, {@link ColumnMissingError}, `CompressedUnreadableError`
 */
export async function readItemTitles(path: string, itemIds: readonly string[], control: ReadControl): Promise<(string | null)[] | null> {
  const file = await openSource(path);
  const byExtension = file.extension === '.tsv' ? { ...CSV, delimiter: '\t' } : CSV;
  const layout = TITLE_FILES.get(file.baseName) ?? byExtension;
  const indices = new Map(itemIds.map((id, index) => [id, index]));
  const titles = Array<string | null>(itemIds.length).fill(null);
  let places = layout.places;
  let found = 0;
  await readRecords(file, control, {
    ...layout,
    maximumRecordBytes: RECORD_BYTES_MAX,
    onBroken() {},
    onRecord(record) {
      if (places === null) {
        const names = Array.from({ length: record.fieldCount }, (_, field) => fieldText(record, field, layout.encoding));
        places = [placeOf(path, 'item', names, USUAL_NAMES.item.concat('id')), placeOf(path, 'title', names, TITLE_NAMES)];
        return;
      }
      const [idPlace, titlePlace] = places;
      if (record.fieldCount <= Math.max(idPlace, titlePlace)) return;
      const index = indices.get(fieldText(record, idPlace, layout.encoding).trim());
      if (index === undefined || titles[index] !== null) return;
      const title = fieldText(record, titlePlace, layout.encoding).trim();
      if (title === '') return;
      titles[index] = title;
      found++;
    },
  });
  return found === 0 ? null : titles;
}

function placeOf(path: string, role: string, names: readonly string[], usual: readonly string[]): number {
  const plain = (name: string) =>
    name
      .trim()
      .toLowerCase()
      .replace(/[\s_.-]+/g, '');
  const place = names.findIndex((name) => usual.some((candidate) => plain(candidate) === plain(name)));
  if (place < 0) throw new ColumnMissingError(path, role, `one of ${usual.join(', ')}`, names);
  return place;
}
