import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { recordError } from './calibrator.ts';
import { parseRunCalibrators, type RunCalibrators } from './run-calibrators.ts';

/** Where a run's calibrators lie, within its folder. */
export const CALIBRATORS_FILE = 'calibrators.json';

/** Largest file that is read, in bytes. */
const BYTES_MAX = 256 * 1024 * 1024;

/** Writes a run's calibrators beside its checkpoint, whole or not at all, with a checksum. */
export async function writeCalibrators(folder: string, record: RunCalibrators): Promise<void> {
  const content = JSON.stringify(record);
  await writeFileAtomically(path.join(folder, CALIBRATORS_FILE), [`{"sha256":"${digestOf(content)}","calibrators":${content}}\n`]);
}

/**
 * Reads a run's calibrators for the model that is to be served with them.
 *
 * @param modelFingerprint of the model's parameters, as it stood in the scored impressions that they were fitted on
 * @returns null where the folder has none
 * @throws CalibrationError `CALIBRATION_RECORD` where the file is damaged, of another version, or of another model
 */
export async function readCalibrators(folder: string, modelFingerprint: string): Promise<RunCalibrators | null> {
  const file = path.join(folder, CALIBRATORS_FILE);
  const bytes = await readFile(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null) return null;
  if (bytes.length > BYTES_MAX) throw recordError(`${file} has ${bytes.length} bytes: no record of calibrators is that large`);
  let stored: { readonly sha256?: unknown; readonly calibrators?: unknown } | null;
  try {
    stored = JSON.parse(bytes.toString('utf8')) as typeof stored;
  } catch (cause) {
    throw recordError(`${file} is not JSON: fit the calibrators again`, cause);
  }
  if (typeof stored !== 'object' || stored === null || digestOf(JSON.stringify(stored.calibrators) ?? '') !== stored.sha256) {
    throw recordError(`${file} is not what was written (its checksum differs): fit the calibrators again`);
  }
  const record = parseRunCalibrators(stored.calibrators);
  if (record.model.fingerprint === modelFingerprint) return record;
  const [fitted, served] = [record.model.fingerprint, modelFingerprint].map((fingerprint) => fingerprint.slice(0, 12));
  throw recordError(`${file} was fitted on the scores of another model (${fitted}, this one is ${served}): fit the calibrators again`);
}

function digestOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
