import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RunBusyError } from './run-errors.ts';

/**
 * Takes a run's folder for this process, so that two trainings never write into one folder. A lock whose process is
 * gone (kill -9) is taken over.
 *
 * @returns gives the folder free again
 * @throws {RunBusyError}
 */
export function lockRun(folder: string): () => void {
  const file = path.join(folder, 'run.lock');
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder !== null && isAlive(holder)) throw new RunBusyError(folder, holder, file);
    rmSync(file, { force: true });
  }
}

function readHolder(file: string): number | null {
  try {
    const holder = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isInteger(holder) && holder > 0 && holder !== process.pid ? holder : null;
  } catch {
    return null;
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
