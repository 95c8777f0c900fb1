import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSafetensors } from '../../base/safetensors.ts';
import { readScoredImpressions, writeScoredImpressions } from './scored-impressions-file.ts';
import { simulateImpressions } from './simulated-impressions.fixture.ts';

let folder: string;
let file: string;
const simulated = simulateImpressions({ users: 6 });
const impressions = {
  ...simulated,
  tasks: simulated.tasks.map((task) => (task.kind === 'binary' ? { ...task, calibrated: task.scores.map((p) => p / 2) } : task)),
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'nisus-impressions-'));
  file = path.join(folder, 'predictions.safetensors');
  await writeScoredImpressions(file, impressions);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('reads what was written, and writes the same bytes again', async () => {
  expect(await readScoredImpressions(file)).toEqual(impressions);
  const again = path.join(folder, 'again.safetensors');
  await writeScoredImpressions(again, await readScoredImpressions(file));
  expect(readFileSync(again)).toEqual(readFileSync(file));
});

it('reads only the tasks that are asked for', async () => {
  const { tasks, segmentations } = await readScoredImpressions(file, { tasks: ['like'] });
  expect(tasks).toEqual([impressions.tasks[1]]);
  expect(segmentations).toEqual(impressions.segmentations);
  await expect(readScoredImpressions(file, { tasks: ['share'] })).rejects.toThrow(
    /no task "share" \(it has: click, like, negative-feedback, worth\)/,
  );
});

it('refuses to write what does not hold together, and leaves no file', async () => {
  const bad = path.join(folder, 'bad.safetensors');
  await expect(writeScoredImpressions(bad, { ...impressions, tasks: [] })).rejects.toMatchObject({ code: 'IMPRESSIONS_INVALID' });
  await expect(readScoredImpressions(bad)).rejects.toMatchObject({
    code: 'IMPRESSIONS_MISSING',
    message: expect.stringContaining('bad.safetensors'),
  });
});

it('finds any flipped byte of the data', async () => {
  const bytes = readFileSync(file);
  const dataStart = 8 + Number(bytes.readBigUInt64LE(0));
  for (let turn = 0; turn < 40; turn++) {
    const broken = Buffer.from(bytes);
    const at = dataStart + Math.floor(((turn + 0.5) / 40) * (bytes.length - dataStart));
    broken[at] = broken[at]! ^ 1;
    writeFileSync(path.join(folder, 'broken.safetensors'), broken);
    await expect(readScoredImpressions(path.join(folder, 'broken.safetensors'))).rejects.toMatchObject({
      code: 'IMPRESSIONS_FILE',
      message: expect.stringMatching(/column .* is not what was written/),
    });
  }
});

it.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5), /cut off/],
  [
    'of another version',
    (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('"formatVersion":"1"', '"formatVersion":"9"'), 'latin1'),
    /format version 9/,
  ],
  [
    'with a damaged description',
    (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('\\"part\\":\\"test\\"', '\\"part\\":\\"tset\\"'), 'latin1'),
    /description is damaged/,
  ],
  ['no such file at all', () => Buffer.from('hello, world, how are you?'), /predictions|broken/],
])('refuses a file that is %s', async (_, change, says) => {
  const broken = path.join(folder, 'broken.safetensors');
  writeFileSync(broken, change(readFileSync(file)));
  await expect(readScoredImpressions(broken)).rejects.toMatchObject({ code: 'IMPRESSIONS_FILE', message: expect.stringMatching(says) });
});

it('refuses a safetensors file of something else', async () => {
  const other = path.join(folder, 'other.safetensors');
  await writeSafetensors(other, { x: { dtype: 'F32', shape: [1], data: new Float32Array(1) } }, { format: 'pt' });
  await expect(readScoredImpressions(other)).rejects.toThrow(/of format pt, not nisus-scored-impressions/);
});
