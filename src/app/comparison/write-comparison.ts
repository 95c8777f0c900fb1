import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { calibrationPanels } from '../../measure/comparison/calibration-panels.ts';
import type { Comparison } from '../../measure/comparison/comparison.ts';
import { comparisonMarkdown, type ReportPicture } from '../../measure/comparison/comparison-markdown.ts';
import { forestPlot } from '../../measure/comparison/forest-plot.ts';
import { asFileSystemError } from '../files/file-system-error.ts';
import { ComparisonPlaceError } from './comparison-errors.ts';

const RECORD = 'comparison.json';

/**
 * Makes sure, before a long comparison, that its report can be written: the folder is new, empty, or holds an earlier comparison.
 *
 * @throws {ComparisonPlaceError}; `FileSystemError`
 */
export async function requireComparisonPlace(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
    const names = await readdir(folder);
    if (names.length > 0 && !names.includes(RECORD)) throw new ComparisonPlaceError(folder);
  } catch (error) {
    throw asFileSystemError(error, folder) ?? error;
  }
}

/**
 * Writes a comparison as `report.md` with `differences.svg` and, where tasks have probabilities, `calibration.svg`; and as `comparison.json`.
 *
 * @throws {ComparisonPlaceError}; `FileSystemError`
 */
export async function writeComparison(folder: string, comparison: Comparison): Promise<void> {
  await requireComparisonPlace(folder);
  const panels = calibrationPanels(comparison);
  const pictures: readonly (ReportPicture & { readonly svg: string })[] = [
    { title: 'Differences by task and segment', file: 'differences.svg', svg: forestPlot(comparison) },
    ...(panels === null ? [] : [{ title: 'Calibration of both models', file: 'calibration.svg', svg: panels }]),
  ];
  try {
    // The record first: a folder that holds it may be written again.
    await writeFileAtomically(path.join(folder, RECORD), [`${JSON.stringify(comparison, null, 2)}\n`]);
    for (const { file, svg } of pictures) await writeFileAtomically(path.join(folder, file), [svg]);
    await writeFileAtomically(path.join(folder, 'report.md'), [comparisonMarkdown(comparison, pictures)]);
  } catch (error) {
    throw asFileSystemError(error, folder) ?? error;
  }
}
