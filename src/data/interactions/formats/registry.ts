import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FormatUnknownError, ImportOptionError, SourceAmbiguousError, SourceEmptyError } from '../import-errors.ts';
import { isFolder, openSource, type SourceFile } from '../reading/byte-source.ts';
import { csv } from './csv.ts';
import type { InteractionFormat } from './format.ts';
import { jsonLines } from './json-lines.ts';
import { movielens100k } from './movielens-100k.ts';
import { movielens1m } from './movielens-1m.ts';
import { orderedSequences } from './ordered-sequences.ts';
import { parquet } from './parquet.ts';
import { tsv } from './tsv.ts';

/** Every supported format, the more particular first: the first that recognises a file gets it. */
export const INTERACTION_FORMATS: readonly InteractionFormat[] = [
  movielens100k,
  movielens1m,
  parquet,
  jsonLines,
  tsv,
  csv,
  orderedSequences,
];

/** A source whose file and format are known. */
export interface ChosenSource {
  readonly file: SourceFile;
  readonly format: InteractionFormat;
}

/**
 * Finds the file (inside a folder: by the formats' usual names, else the only file that a format recognises) and its
 * format.
 *
 * @param formatName Instead of looking: one of the formats' names.
 * @throws {SourceMissingError}, {@link SourceEmptyError}, {@link SourceAmbiguousError}, {@link FormatUnknownError},
 * {@link ImportOptionError}, `CompressedUnreadableError`
 */
export async function chooseSource(path: string, formatName: string | null): Promise<ChosenSource> {
  const wanted = INTERACTION_FORMATS.filter((format) => formatName === null || format.name === formatName);
  if (wanted.length === 0) {
    const names = INTERACTION_FORMATS.map((format) => format.name).join(', ');
    throw new ImportOptionError(`format is "${formatName}"; expected one of ${names}.`, { format: formatName });
  }
  if (await isFolder(path)) return chooseInFolder(path, wanted);
  const file = await openSource(path);
  if (file.bytes === 0) throw new SourceEmptyError(path, '0 bytes');
  const format = formatName === null ? wanted.find((candidate) => candidate.recognises(file)) : wanted[0];
  if (format === undefined) throw new FormatUnknownError(path, describeFile(file), summaries());
  return { file, format };
}

async function chooseInFolder(folder: string, wanted: readonly InteractionFormat[]): Promise<ChosenSource> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  for (const format of wanted) {
    for (const base of format.folderFiles) {
      const name = names.find((candidate) => candidate.toLowerCase() === base || candidate.toLowerCase() === `${base}.gz`);
      if (name !== undefined) return chooseFile(join(folder, name), format);
    }
  }
  const recognised: ChosenSource[] = [];
  for (const name of names) {
    const file = await openSource(join(folder, name));
    const format = wanted.find((candidate) => candidate.recognises(file));
    if (format !== undefined) recognised.push({ file, format });
  }
  if (recognised.length === 1) return recognised[0]!;
  if (names.length === 0) throw new SourceEmptyError(folder, 'a folder without files');
  if (recognised.length > 1) {
    const candidates = recognised.map(({ file }) => basename(file.path));
    throw new SourceAmbiguousError(folder, candidates);
  }
  const listed = `${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`;
  throw new FormatUnknownError(folder, `a folder with ${listed}`, summaries());
}

async function chooseFile(path: string, format: InteractionFormat): Promise<ChosenSource> {
  const file = await openSource(path);
  if (file.bytes === 0) throw new SourceEmptyError(path, '0 bytes');
  return { file, format };
}

function summaries(): string[] {
  return INTERACTION_FORMATS.map((format) => format.summary);
}

function describeFile(file: SourceFile): string {
  const name = file.extension === '' ? 'no extension' : `extension "${file.extension}"`;
  const start = Buffer.from(file.head.subarray(0, 40))
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '.');
  return `${name}${file.compressed ? ' (gzip)' : ''}, content beginning "${start}"`;
}
