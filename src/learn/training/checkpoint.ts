import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { NisusError } from '../../base/error.ts';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { readSafetensors, writeSafetensors, type SafetensorsTensor } from '../../base/safetensors.ts';
import type { ParameterLayout } from '../tensor/parameters.ts';
import type { TrainingState } from '../tensor/training-step.ts';

/** Where a run stands, beside its parameters. */
export interface RunProgress {
  /** Epoch under way, from 0. */
  epoch: number;
  /** Batches of it that are done. */
  batchInEpoch: number;
  /** Loss summed over the epoch's batches so far. */
  epochLossSum: number;
  /** Best validation so far. */
  best: { readonly epoch: number; readonly metric: number; /** Absent: true. */ readonly admissible?: boolean } | null;
  validationsSinceBest: number;
  /** Whether the run has ended by itself. */
  finished: boolean;
}

/** A checkpoint read back. */
export interface Checkpoint {
  readonly state: TrainingState;
  readonly progress: RunProgress;
}

/** Thrown when a checkpoint does not belong to the run that is to go on from it. */
export class CheckpointMismatchError extends NisusError {
  constructor(path: string, what: string, found: string, expected: string) {
    super(
      'CHECKPOINT_MISMATCH',
      `checkpoint ${path}: ${what} is ${found}, this run has ${expected}; resume with the same data and config, or train into a new folder`,
      { fields: { path, what, found, expected } },
    );
  }
}

/** Thrown when a checkpoint's values are not those that were written. */
export class CheckpointDamagedError extends NisusError {
  constructor(path: string) {
    super(
      'CHECKPOINT_DAMAGED',
      `checkpoint ${path} is damaged: its digest is not that of its values; train into a new folder, or restore the file`,
      {
        fields: { path },
      },
    );
  }
}

const parametersPrefix = 'parameter/';

/** The file of a run's latest checkpoint. */
export function latestCheckpointPath(folder: string): string {
  return join(folder, 'checkpoint.safetensors');
}

/**
 * Writes everything that going on takes, in one file that is there whole or not at all, and a readable
 * `checkpoint.json` beside it.
 *
 * @param identity facts that must agree when the run goes on (config, data fingerprint), any strings
 */
export async function writeCheckpoint(
  path: string,
  layout: ParameterLayout,
  state: TrainingState,
  progress: RunProgress,
  identity: Readonly<Record<string, string>>,
): Promise<void> {
  const tensors: Record<string, SafetensorsTensor> = {};
  const put = (prefix: string, flat: Float32Array) => {
    for (const { name, shape, offset, size } of layout.slots) {
      tensors[`${prefix}${name}`] = { dtype: 'F32', shape, data: flat.subarray(offset, offset + size) };
    }
  };
  put(parametersPrefix, state.parameters);
  for (const [name, flat] of Object.entries(state.optimizer)) put(`optimizer/${name}/`, flat);
  const facts = {
    ...identity,
    step: String(state.step),
    progress: JSON.stringify(progress),
    ...(state.tasks !== undefined && { tasks: JSON.stringify(state.tasks) }),
  };
  await writeSafetensors(path, tensors, { ...facts, digest: digestOf(Object.entries(tensors), facts) });
  await writeFileAtomically(path.replace(/\.safetensors$/, '.json'), [
    JSON.stringify({ step: state.step, progress, ...identity }, null, 2),
    '\n',
  ]);
}

/**
 * Reads a checkpoint into a layout.
 *
 * @param identity what the resuming run expects
 * @throws {CheckpointMismatchError} {@link CheckpointDamagedError}
 */
export async function readCheckpoint(
  path: string,
  layout: ParameterLayout,
  optimizerState: readonly string[],
  identity: Readonly<Record<string, string>>,
): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(path);
  const { digest, ...facts } = metadata;
  if (digest !== digestOf([...tensors], facts)) throw new CheckpointDamagedError(path);
  for (const [what, expected] of Object.entries(identity)) {
    const found = metadata[what];
    if (found !== expected) throw new CheckpointMismatchError(path, what, found ?? 'absent', expected);
  }
  const take = (prefix: string) => {
    const flat = new Float32Array(layout.size);
    for (const { name, shape, offset } of layout.slots) {
      const tensor = tensors.get(`${prefix}${name}`);
      if (tensor === undefined || tensor.dtype !== 'F32' || tensor.shape.join() !== shape.join()) {
        throw new CheckpointMismatchError(
          path,
          `tensor ${prefix}${name}`,
          tensor === undefined ? 'absent' : `[${tensor.shape.join(', ')}]`,
          `[${shape.join(', ')}]`,
        );
      }
      flat.set(tensor.data, offset);
    }
    return flat;
  };
  const optimizer = Object.fromEntries(optimizerState.map((name) => [name, take(`optimizer/${name}/`)]));
  const tasks = metadata['tasks'];
  return {
    state: {
      step: Number(metadata['step']),
      parameters: take(parametersPrefix),
      optimizer,
      ...(tasks !== undefined && { tasks: JSON.parse(tasks) as NonNullable<TrainingState['tasks']> }),
    },
    progress: JSON.parse(metadata['progress']!) as RunProgress,
  };
}

/** SHA-256 over all values and facts, whatever the order in which they stand. */
function digestOf(tensors: readonly (readonly [string, SafetensorsTensor])[], facts: Readonly<Record<string, string | undefined>>): string {
  const byName = (a: readonly [string, unknown], b: readonly [string, unknown]) => (a[0] < b[0] ? -1 : 1);
  const hash = createHash('sha256').update(JSON.stringify(Object.entries(facts).sort(byName)));
  for (const [name, { shape, data }] of [...tensors].sort(byName)) {
    hash.update(JSON.stringify([name, shape])).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

/** Whether a folder has a checkpoint to go on from. */
export async function hasCheckpoint(folder: string): Promise<boolean> {
  return access(latestCheckpointPath(folder)).then(
    () => true,
    () => false,
  );
}
