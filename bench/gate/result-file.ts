import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { GateFileError } from './gate-error.ts';

const figures = z.record(z.string(), z.union([z.number(), z.boolean()]));

const result = z.object({
  id: z.string(),
  passed: z.boolean(),
  stretchReached: z.boolean(),
  figures,
  /** The figures of each run, where there was more than one. */
  runs: z.array(figures).optional(),
  protocol: z.string(),
  command: z.string(),
  machine: z.object({ cpu: z.string(), cores: z.number(), memoryGiB: z.number(), platform: z.string(), node: z.string() }),
  revision: z.object({ commit: z.string(), isDirty: z.boolean() }),
  /** ISO 8601, UTC. */
  date: z.string(),
  /** What this result replaced. */
  previous: z.object({ figures, commit: z.string(), date: z.string() }).optional(),
});

/** `bench/results/ID.json`: the last figures of a gate, where and on what they were measured. */
export type GateResult = z.infer<typeof result>;

/**
 * The last result of a gate, or null where it never ran.
 *
 * @throws {@link GateFileError} when the file is there but not a result
 */
export function readResult(folder: string, id: string): GateResult | null {
  const file = path.join(folder, `${id}.json`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  try {
    return result.parse(JSON.parse(text));
  } catch (cause) {
    throw new GateFileError(
      path.relative(process.cwd(), file),
      `is not a gate's result (delete it to start anew): ${(cause as Error).message}`,
    );
  }
}

/** Writes a result, whole or not at all. */
export function writeResult(folder: string, value: GateResult): void {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${value.id}.json`);
  writeFileSync(`${file}.partial`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${file}.partial`, file);
}
