import { appendFile, mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { NisusError } from '../../base/error.ts';
import { readSafetensors, writeSafetensors, type SafetensorsTensor } from '../../base/safetensors.ts';
import type { DatasetManifest } from './dataset-manifest.ts';
import { writeGeneratedDataset } from './generated-dataset.ts';
import { openDataset } from './open-dataset.ts';

const folder = await mkdtemp(join(tmpdir(), 'nisus-open-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  await writeGeneratedDataset(folder, { userCount: 20, itemCount: 40 }, { clock: manualClock(5) });
});

async function manifest(): Promise<DatasetManifest> {
  return JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as DatasetManifest;
}

async function writeManifest(changes: Record<string, unknown>): Promise<void> {
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...(await manifest()), ...changes }));
}

async function opened(verify = false): Promise<unknown> {
  return openDataset(folder, { verify }).catch((error: unknown) => {
    expect(error).toBeInstanceOf(NisusError);
    return `${(error as NisusError).code}: ${(error as NisusError).message}`;
  });
}

/** Rewrites the interactions with one tensor changed, sizes kept. */
async function change(edit: (tensors: Record<string, SafetensorsTensor>) => void): Promise<void> {
  const path = join(folder, (await manifest()).data, 'interactions.safetensors');
  const { tensors, metadata } = await readSafetensors(path);
  const record = Object.fromEntries(tensors);
  edit(record);
  await writeSafetensors(path, record, metadata);
}

describe('openDataset', () => {
  it('says where there is no data set', async () => {
    await expect(openDataset(join(folder, 'none'))).rejects.toMatchObject({ code: 'DATASET_MISSING' });
  });

  it('refuses another format version, another kind, a broken manifest', async () => {
    await writeManifest({ formatVersion: 99 });
    expect(await opened()).toMatch(/^DATASET_VERSION: .* format 99, this program reads 1/);
    await writeManifest({ formatVersion: 1, kind: 'cake' });
    expect(await opened()).toMatch(/^DATASET_FOREIGN: .* kind "cake"/);
    await writeFile(join(folder, 'manifest.json'), '{"kind":');
    await expect(openDataset(folder)).rejects.toMatchObject({ code: 'DATASET_DAMAGED' });
  });

  it('finds a missing file, a file of another size and a manifest that points outside', async () => {
    const { data } = await manifest();
    await appendFile(join(folder, data, 'users.json'), ' ');
    expect(await opened()).toMatch(/^DATASET_DAMAGED: .*users\.json has \d+ bytes, the manifest says/);
    await unlink(join(folder, data, 'users.json'));
    expect(await opened()).toMatch(/^DATASET_DAMAGED: .*users\.json is missing/);
    await writeManifest({ data: '../elsewhere' });
    expect(await opened()).toMatch(/^DATASET_DAMAGED/);
  });

  it('finds items out of range and offsets that go back', async () => {
    await change(({ items }) => {
      (items!.data as Int32Array)[3] = 40;
    });
    expect(await opened()).toMatch(/row 3 has item 40 of \d+/);
    await change(({ items, offsets }) => {
      (items!.data as Int32Array)[3] = 0;
      (offsets!.data as Int32Array)[1] = 100_000;
    });
    expect(await opened()).toMatch(/the offset of user 2 is below/);
  });

  it('finds a changed value when asked to verify', async () => {
    await change(({ items }) => {
      (items!.data as Int32Array)[3] = ((items!.data as Int32Array)[3]! + 1) % 30;
    });
    expect(await opened()).toMatchObject({ name: 'generated' });
    expect(await opened(true)).toMatch(/^DATASET_DAMAGED: .*fingerprint/);
  });
});
