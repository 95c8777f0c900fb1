import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { FileMissingError, UsageError } from './cli-errors.ts';

/** What is wrong where the settings come from a preset and single options. */
export const SETTINGS_WRONG = 'The training settings are wrong';

/**
 * Settings of a training as its schema has them, defaults filled in.
 *
 * @throws {UsageError} that begins with the problem and names each setting that is wrong
 */
export function checkedSettings<Settings>(schema: z.ZodType<Settings>, settings: unknown, problem = SETTINGS_WRONG): Settings {
  const result = schema.safeParse(settings);
  if (result.success) return result.data;
  throw new UsageError(`${problem}:\n${z.prettifyError(result.error)}`, { issues: result.error.issues });
}

/**
 * Reads the file that `--config` names: a config, or a whole run.json, which holds its config under that name.
 *
 * @param check makes settings of what stands there, or throws the problem
 * @returns the settings
 * @throws {FileMissingError}, {@link UsageError} where it is not JSON, or fails the check
 */
export async function readSettings<Settings>(file: string, check: (settings: unknown, problem: string) => Settings): Promise<Settings> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FileMissingError('--config', file, cause);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`--config ${file} is not JSON: ${(cause as Error).message}`, { file });
  }
  return check(
    typeof json === 'object' && json !== null && 'config' in json ? json.config : json,
    `--config ${file} is not a training config`,
  );
}
