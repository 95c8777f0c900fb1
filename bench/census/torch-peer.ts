import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeSafetensors, type SafetensorsTensor } from '../../src/base/safetensors.ts';
import { fieldGroups } from '../../src/learn/fields/encode-fields.ts';
import { findTorchPython } from '../train/torch-python.ts';
import { PARTS, type Census } from './census-data.ts';
import { CENSUS_MODELS, type CensusModel } from './census-models.ts';
import type { RunSettings } from './train-once.ts';

/** AUCs of PyTorch's seeds, by model. */
export type TorchSeeds = Readonly<Record<CensusModel['key'], readonly { readonly income: number; readonly marital: number }[]>>;

/** Trains the four in PyTorch on the same arrays under the same settings. */
export async function runTorch(
  root: string,
  folder: string,
  census: Census,
  settings: Omit<RunSettings, 'seed' | 'folder'> & { readonly seeds: number },
): Promise<TorchSeeds> {
  const python = findTorchPython(root, process.env);
  const tensors: Record<string, SafetensorsTensor> = {};
  for (const part of PARTS) {
    const rows = census.rows[part];
    for (const [name, { data, shape }] of Object.entries(census.encoded.feeds(rows)))
      tensors[`${part}/${name}`] =
        data instanceof Int32Array ? { dtype: 'I32', data, shape } : { dtype: 'F32', data: data as Float32Array, shape };
    for (const [task, labels] of Object.entries(census.labels))
      tensors[`${part}/label/${task}`] = { dtype: 'F32', data: Float32Array.from(rows, (row) => labels[row]!), shape: [rows.length] };
  }
  const [data, spec, result] = ['data.safetensors', 'spec.json', 'result.json'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeSafetensors(data, tensors);
  const groups = fieldGroups(census.fitted);
  writeFileSync(spec, JSON.stringify({ groups, models: CENSUS_MODELS, settings }));
  await new Promise<void>((resolve, reject) => {
    const child = spawn(python, [path.join(root, 'bench/torch/multi_task.py'), data, spec, result], { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`multi_task.py ended with ${code}`))));
  });
  return JSON.parse(readFileSync(result, 'utf8')) as TorchSeeds;
}
