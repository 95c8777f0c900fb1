import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../base/safetensors.ts';
import { fillSeconds } from '../nn/event-seconds.ts';
import { compileProgram, type TensorValue } from '../tensor/program.ts';
import { usesTimes, type ModelConfig } from './model-config.ts';
import { scoringGraph } from './scoring-graph.ts';
import { exportServedModel } from './served-model.ts';
import { randomHistories, randomParameters, servedConfigs } from './served-model.fixture.ts';

/** A Python that has onnx, onnxruntime, safetensors and numpy. */
const python = process.env['NISUS_PYTHON'] ?? '';
const root = join(import.meta.dirname, '../../..');
const itemCount = 300;

/** Every length from 1 to the longest, each several times, padded to the longest. */
function feedsOf(config: ModelConfig): Record<string, TensorValue> {
  const { maxLength } = config;
  const lengths = Int32Array.from({ length: 4 * maxLength }, (_, row) => 1 + (row % maxLength));
  const { histories, timesMs, requestTimesMs } = randomHistories([...lengths], itemCount, 9);
  const items = new Int32Array(lengths.length * maxLength);
  const seconds = new Int32Array(lengths.length * (maxLength + 1));
  histories.forEach((history, row) => {
    history.forEach((item, place) => (items[row * maxLength + place] = item + 1));
    fillSeconds(
      seconds.subarray(row * (maxLength + 1), (row + 1) * (maxLength + 1)),
      Float64Array.of(...timesMs[row]!, requestTimesMs[row]!),
    );
  });
  return {
    items: { data: items, shape: [lengths.length, maxLength] },
    lengths: { data: lengths, shape: [lengths.length] },
    ...(usesTimes(config) && { seconds: { data: seconds, shape: [lengths.length, maxLength + 1] } }),
  };
}

/** The folder that `check_onnx.py` reads: the served model and what the graph of the training scored. */
async function writeCases(folder: string, config: ModelConfig, bend: (scores: Float32Array) => Float32Array): Promise<void> {
  const parameters = randomParameters(config, itemCount, 3);
  await exportServedModel(folder, { config, itemCount, parameterValue: parameters.value });
  const program = await compileProgram({ scores: scoringGraph(config, itemCount) }, { parameterValue: parameters.value });
  const feeds = feedsOf(config);
  const scores = (await program.run(feeds))['scores']!;
  await program.close();
  const inputs = Object.entries(feeds).map(
    ([name, { data, shape }]) => [name, { dtype: 'I32' as const, data: data as Int32Array, shape }] as const,
  );
  await writeSafetensors(join(folder, 'cases.safetensors'), {
    ...Object.fromEntries(inputs),
    scores: { dtype: 'F32', data: bend(scores.data as Float32Array), shape: scores.shape },
  });
}

function checkInPython(folder: string): { status: number | null; report: Record<string, unknown> } {
  const { status, stdout, stderr, error } = spawnSync(python, [join(root, 'bench/torch/check_onnx.py'), folder], { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (!stdout.startsWith('{')) throw new Error(`check_onnx.py ended with ${status}: ${stderr}`);
  return { status, report: JSON.parse(stdout) as Record<string, unknown> };
}

const title =
  python === ''
    ? 'the served model in onnxruntime for Python (skipped: NISUS_PYTHON is not set)'
    : 'the served model in onnxruntime for Python';

describe.skipIf(python === '')(title, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nisus-onnx-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(Object.keys(servedConfigs))('%s passes the ONNX checker and scores the same', async (name) => {
    const place = join(folder, name);
    await writeCases(place, servedConfigs[name]!, (scores) => scores);
    const { status, report } = checkInPython(place);
    expect(report).toMatchObject({ equal: true, masksAgree: true, irVersion: 10, opsets: { 'ai.onnx': 21 }, cases: 48 });
    expect(report['maxRelativeError']).toBeLessThan(1e-5);
    expect(report['sameTop10']).toBeGreaterThan(0.99);
    expect(status).toBe(0);
  });

  it('is told apart from one whose scores are off by a thousandth', async () => {
    const place = join(folder, 'bent');
    await writeCases(place, servedConfigs['hstu']!, (scores) =>
      scores.map((score, at) => (at === 777 ? score + 1e-3 * Math.max(...scores) : score)),
    );
    const { status, report } = checkInPython(place);
    expect(report).toMatchObject({ equal: false });
    expect(status).toBe(1);
  });
});
