import { importInteractions, type ImportProgress, type ImportReport } from '../../data/interactions/import-interactions.ts';
import type { ImportOptions } from '../../data/interactions/import-options.ts';
import { asFileSystemError } from '../files/file-system-error.ts';
import { formatCount } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';

/**
 * Imports a file or folder, with progress.
 *
 * @throws what `importInteractions` throws; `FileSystemError`; the interruption where the work is stopped
 */
export async function importSource(source: string, options: ImportOptions, context: WorkContext): Promise<ImportReport> {
  const { progress, clock, logger, signal } = context;
  let stage: ImportProgress['stage'] | null = null;
  const onProgress = (now: ImportProgress) => {
    if (now.stage !== stage) {
      stage = now.stage;
      progress.begin(STAGES[stage], now.bytesTotal);
    }
    const rejected = now.rowsRejected === 0 ? '' : `, ${formatCount(now.rowsRejected)} rejected`;
    progress.update(stage === 'reading' ? now.bytesRead : 0, `${formatCount(now.rowsRead)} rows${rejected}`);
  };
  try {
    return await importInteractions(source, options, { clock, logger, signal, onProgress });
  } catch (error) {
    throw asFileSystemError(error, options.destination) ?? error;
  } finally {
    progress.end();
  }
}

const STAGES: Readonly<Record<ImportProgress['stage'], string>> = {
  reading: 'reading',
  arranging: 'arranging',
  writing: 'writing',
};
