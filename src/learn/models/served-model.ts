import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { z } from 'zod';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { NisusError } from '../../base/error.ts';
import { makeFolders } from '../../base/make-folders.ts';
import type { Ranker } from '../interaction-sequences.ts';
import { irVersion, opsetVersion, emitOnnx } from '../tensor/onnx/emit.ts';
import { openSession } from '../tensor/session.ts';
import { modelConfigSchema, modelName, usesTimes, type ModelConfig } from './model-config.ts';
import { scoringGraph } from './scoring-graph.ts';
import { scoreHistories } from './sequence-scorer.ts';

/** What stands beside a served model: how to feed it, and where it comes from. */
const manifestSchema = z.looseObject({
  format: z.literal('nisus-served-model'),
  formatVersion: z.literal(1),
  name: z.string(),
  itemCount: z.int().min(1),
  model: modelConfigSchema,
  /** SHA-256 of `model.onnx`, hex. */
  modelSha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** See {@link openServedModel}. */
export type ServedModelManifest = z.infer<typeof manifestSchema>;

/** A served model that is open. */
export interface ServedModel extends Ranker {
  readonly manifest: ServedModelManifest;
  close(): Promise<void>;
}

/** Thrown when a folder holds no served model, or one that this version cannot read. */
export class ServedModelError extends NisusError {
  constructor(folder: string, problem: string, cause?: unknown) {
    super('SERVED_MODEL', `no served model in ${folder}: ${problem}; train one with \`nisus train\``, { fields: { folder }, cause });
  }
}

/**
 * Writes a model for serving: `model.onnx`, standard operators only, that any ONNX runtime opens, and `manifest.json`.
 *
 * Inputs `items` int32 `[batch, length]` (0 padding on the right, item index + 1), `lengths` int32 `[batch]` and, for
 * models that read times, `seconds` int32 `[batch, length + 1]` (since the first event; the entry after the last event is
 * the request's); output `scores` float32 `[batch, itemCount]`.
 *
 * @param options.parameterValue values by parameter name
 * @param options.facts further entries of the manifest (data fingerprint, git revision, metrics)
 */
export async function exportServedModel(
  folder: string,
  options: {
    readonly config: ModelConfig;
    readonly itemCount: number;
    readonly parameterValue: (name: string) => Float32Array | null;
    readonly facts?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { config, itemCount } = options;
  const model = emitOnnx({ scores: scoringGraph(config, itemCount) }, { dialect: 'standard', parameterValue: options.parameterValue });
  const manifest: ServedModelManifest = {
    ...options.facts,
    format: 'nisus-served-model',
    formatVersion: 1,
    name: modelName(config),
    itemCount,
    model: config,
    modelSha256: sha256(model.bytes),
    opset: opsetVersion,
    irVersion,
    inputs: model.inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    outputs: [{ name: 'scores', dtype: 'float32', shape: ['batch', itemCount] }],
  };
  await makeFolders(folder);
  await writeFileAtomically(join(folder, 'model.onnx'), [model.bytes]);
  await writeFileAtomically(join(folder, 'manifest.json'), [`${JSON.stringify(manifest, null, 2)}\n`]);
}

/**
 * Opens a served model.
 *
 * @param options.threads within an operator; default 2
 * @param options.spin idle threads wait actively; default false, since a server shares its cores
 * @throws {ServedModelError}
 */
export async function openServedModel(
  folder: string,
  options: { readonly threads?: number; readonly spin?: boolean } = {},
): Promise<ServedModel> {
  const manifest = await readManifest(folder);
  const { model: config, itemCount } = manifest;
  const bytes = await readFile(join(folder, 'model.onnx')).catch((cause: unknown) => {
    throw new ServedModelError(folder, 'model.onnx cannot be read', cause);
  });
  if (sha256(bytes) !== manifest.modelSha256)
    throw new ServedModelError(folder, 'model.onnx is damaged: its SHA-256 is not that of manifest.json');
  const session = await openSession(bytes, { threads: options.threads ?? 2, spin: options.spin ?? false }).catch((cause: unknown) => {
    throw new ServedModelError(folder, 'model.onnx does not open', cause);
  });
  return {
    manifest,
    name: manifest.name,
    itemCount,
    score: (batch) =>
      scoreHistories(batch, {
        maxLength: config.maxLength,
        itemCount,
        times: usesTimes(config),
        async run(feeds) {
          const tensors = Object.fromEntries(
            Object.entries(feeds).map(([name, { data, shape }]) => [name, new ort.Tensor('int32', data as Int32Array, shape)]),
          );
          const { scores } = await session.run(tensors);
          return scores!.data as Float32Array;
        },
      }),
    close: () => session.release(),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function readManifest(folder: string): Promise<ServedModelManifest> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch((cause: unknown) => {
    throw new ServedModelError(folder, 'manifest.json cannot be read', cause);
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new ServedModelError(folder, 'manifest.json is not JSON', cause);
  }
  const result = manifestSchema.safeParse(parsed);
  if (!result.success) throw new ServedModelError(folder, z.prettifyError(result.error), result.error);
  return result.data;
}
