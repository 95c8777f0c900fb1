import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { writeFileAtomically } from '../../../base/atomic-file.ts';
import { makeFolders } from '../../../base/make-folders.ts';
import { emitOnnx, irVersion, opsetVersion } from '../../tensor/onnx/emit.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { RankingVocabulary } from '../ranking/ranking-states.ts';
import { nextActionName, type NextActionConfig } from './next-action-config.ts';
import { nextActionVectors, nextActionWidth } from './next-action-vectors.ts';

/**
 * Writes a next-action model for serving, standard operators only: `subjects.onnx`, whose output `subjects` `[subjects, width]` is
 * made once of a catalog and again for what is new; `model.onnx`, whose output `states` `[examples, width]` is made at a request;
 * `manifest.json` with the inputs of both. The score of a subject is the product of the two rows.
 *
 * @param options.parameterValue values by parameter name
 * @param options.facts further entries of the manifest
 */
export async function exportNextAction(
  folder: string,
  options: {
    readonly config: NextActionConfig;
    readonly vocabulary: RankingVocabulary;
    readonly parameterValue: (name: string) => Float32Array | null;
    readonly facts?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { config, vocabulary } = options;
  const { states, subjects } = nextActionVectors(config, vocabulary, 'serving');
  const emit = (outputs: Readonly<Record<string, Tensor>>) =>
    emitOnnx(outputs, { dialect: 'standard', parameterValue: options.parameterValue });
  const files = { 'model.onnx': emit({ states }), 'subjects.onnx': emit({ subjects }) };
  const manifest = {
    ...options.facts,
    format: 'nisus-next-action-model',
    formatVersion: 1,
    name: nextActionName(config),
    model: config,
    vocabulary,
    width: nextActionWidth(config),
    opset: opsetVersion,
    irVersion,
    files: Object.entries(files).map(([file, { bytes, inputs }]) => ({
      file,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      inputs: inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    })),
  };
  await makeFolders(folder);
  for (const [file, { bytes }] of Object.entries(files)) await writeFileAtomically(join(folder, file), [bytes]);
  await writeFileAtomically(join(folder, 'manifest.json'), [`${JSON.stringify(manifest, null, 2)}\n`]);
}
