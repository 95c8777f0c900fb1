import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelProtoSchema } from '../tensor/onnx/onnx_pb.js';
import { neuralRanker } from '../training/neural-ranker.ts';
import { exportServedModel, openServedModel, ServedModelError } from './served-model.ts';
import { randomHistories, randomParameters, servedConfigs } from './served-model.fixture.ts';

const itemCount = 40;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nisus-served-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function exported(name: string, seed = 1): Promise<Float32Array> {
  const config = servedConfigs[name]!;
  const parameters = randomParameters(config, itemCount, seed);
  await exportServedModel(folder, { config, itemCount, parameterValue: parameters.value, facts: { dataName: 'test' } });
  return parameters.flat;
}

/** Largest difference, relative to the largest score. */
function distance(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return actual.reduce((worst, value, at) => Math.max(worst, Math.abs(value - expected[at]!)), 0) / scale;
}

describe.each(Object.keys(servedConfigs))('a served %s', (name) => {
  it('scores any histories as the training graph does', async () => {
    const config = servedConfigs[name]!;
    const parameters = await exported(name);
    const served = await openServedModel(folder, { threads: 1 });
    const trained = await neuralRanker(config, itemCount, () => parameters, { threads: 1 });
    const lengths = fc.array(fc.integer({ min: 0, max: config.maxLength + 5 }), { minLength: 1, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(), async (given, seed) => {
        const batch = randomHistories(given, itemCount, seed);
        const [actual, expected] = [await served.score(batch), await trained.score(batch)];
        expect(distance(actual, expected)).toBeLessThan(1e-5);
        // Not equal because both are empty: whoever has a history gets scores that tell items apart.
        given.forEach((length, row) => {
          const distinct = new Set(actual.subarray(row * itemCount, (row + 1) * itemCount)).size;
          if (length === 0) expect(distinct).toBe(1);
          else expect(distinct).toBeGreaterThan(itemCount / 2);
        });
      }),
      { numRuns: 15 },
    );
    await served.close();
    await trained.close();
  });

  it('is a file of standard operators that says what it takes', async () => {
    await exported(name);
    const model = fromBinary(ModelProtoSchema, await readFile(join(folder, 'model.onnx')));
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    expect(model.opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([['', manifest.opset]]);
    expect(Number(model.irVersion)).toBe(manifest.irVersion);
    expect([...new Set(model.graph!.node.map((node) => node.domain))]).toEqual(['']);
    expect(model.graph!.node.map((node) => node.opType)).not.toContain('Dropout');
    const names = model.graph!.input.map((input) => input.name).toSorted();
    expect(names).toEqual(manifest.inputs.map((input: { name: string }) => input.name).toSorted());
    expect(names).toEqual(name === 'hstu-time-cosine' ? ['items', 'lengths', 'seconds'] : ['items', 'lengths']);
    expect(model.graph!.output.map((output) => output.name)).toEqual(['scores']);
  });

  it('keeps the facts of its origin', async () => {
    await exported(name);
    const served = await openServedModel(folder, { threads: 1 });
    expect(served.manifest).toMatchObject({ model: servedConfigs[name], itemCount, dataName: 'test' });
    expect(served.itemCount).toBe(itemCount);
    await served.close();
  });
});

it('reads the latest events of a history that is too long, and nothing before them', async () => {
  await exported('hstu');
  const served = await openServedModel(folder, { threads: 1 });
  const { histories } = randomHistories([30], itemCount, 5);
  const cut = histories[0]!.slice(-servedConfigs['hstu']!.maxLength);
  const scores = (history: Int32Array) => served.score({ histories: [history], timesMs: null, requestTimesMs: null });
  expect(await scores(histories[0]!)).toEqual(await scores(cut));
  expect(await scores(histories[0]!)).not.toEqual(await scores(cut.slice(1)));
  await served.close();
});

describe('a folder that is no served model', () => {
  const broken: readonly (readonly [what: string, breakIt: () => Promise<void>, message: RegExp])[] = [
    ['has no manifest', () => rm(join(folder, 'manifest.json')), /manifest\.json cannot be read/],
    ['has a manifest cut short', () => writeFile(join(folder, 'manifest.json'), '{"format": "nisus-'), /manifest\.json is not JSON/],
    ['is of a later version', () => change({ formatVersion: 2 }), /formatVersion/],
    ['is of another kind', () => change({ format: 'nisus-data-set' }), /format/],
    ['has an unknown architecture', () => change({ model: { kind: 'gru4rec' } }), /model\.kind/],
    ['has no items', () => change({ itemCount: 0 }), /itemCount/],
    ['has no model', () => rm(join(folder, 'model.onnx')), /model\.onnx cannot be read/],
    [
      'has a model cut short',
      async () => writeFile(join(folder, 'model.onnx'), (await readFile(join(folder, 'model.onnx'))).subarray(0, 100)),
      /model\.onnx is damaged/,
    ],
    [
      'has a model with a flipped bit',
      async () => {
        const bytes = await readFile(join(folder, 'model.onnx'));
        bytes[bytes.length >> 1]! ^= 1;
        await writeFile(join(folder, 'model.onnx'), bytes);
      },
      /model\.onnx is damaged/,
    ],
  ];

  async function change(entries: Record<string, unknown>): Promise<void> {
    const path = join(folder, 'manifest.json');
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...entries }));
  }

  it.each(broken)('%s: the error says so, where, and what to do', async (_what, breakIt, message) => {
    await exported('sasrec');
    await breakIt();
    const error = await openServedModel(folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ServedModelError);
    const { code, message: said } = error as ServedModelError;
    expect(code).toBe('SERVED_MODEL');
    expect(said).toMatch(message);
    expect(said).toContain(folder);
    expect(said).toContain('nisus train');
  });
});
