import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { writeGeneratedDataset } from './generated-dataset.ts';
import { openDataset } from './open-dataset.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nisus-destination-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (destination = folder) => writeGeneratedDataset(destination, { userCount: 3, itemCount: 30 }, { clock: manualClock(5) });

it.each([
  ['any file', 'notes.txt', 'mine'],
  ['a manifest of another kind', 'manifest.json', '{"kind":"nisus-checkpoint"}'],
  ['a manifest without a kind', 'manifest.json', '{"name":"an extension","version":"1"}'],
  ['a manifest that is no object', 'manifest.json', '[1]'],
  ['a manifest that is no JSON', 'manifest.json', 'mine'],
  ['a folder of data that is not ours', 'data-2024', null],
])('%s: is refused and left as it was', async (_, name, content) => {
  if (content === null) await mkdir(join(folder, name));
  else await writeFile(join(folder, name), content);
  await expect(write()).rejects.toMatchObject({ code: 'DATASET_DESTINATION' });
  expect(await readdir(folder)).toEqual([name]);
  if (content !== null) expect(await readFile(join(folder, name), 'utf8')).toBe(content);
});

it('an empty folder, one that is not there, a data set and what a killed import left are taken', async () => {
  await write();
  await writeFile(join(folder, 'notes.txt'), 'mine');
  await mkdir(join(folder, 'data-2024'));
  await write();
  expect((await openDataset(folder)).userCount).toBe(3);
  // What is not of a data set stays, whatever its name begins with.
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['notes.txt', 'data-2024', 'manifest.json']));
  expect(await readdir(folder)).toHaveLength(4);

  const killed = join(folder, 'x', 'y');
  await mkdir(join(killed, 'data-01234567-89ab-cdef-0123-456789abcdef'), { recursive: true });
  await write(killed);
  expect(await readdir(killed)).toHaveLength(2);
});

it('a manifest broken beside data of ours is replaced', async () => {
  await write();
  await writeFile(join(folder, 'manifest.json'), '{"kind":');
  await write();
  expect((await openDataset(folder)).userCount).toBe(3);
});

it('a file in the way, and a place where no folder can be, are told', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(write(join(folder, 'file', 'data'))).rejects.toMatchObject({ code: 'DATASET_DESTINATION' });
});

it.skipIf(process.platform !== 'linux')('below /proc it ends with an error', async () => {
  await expect(write('/proc/nisus-none/data')).rejects.toMatchObject({ code: 'DATASET_DESTINATION' });
});
