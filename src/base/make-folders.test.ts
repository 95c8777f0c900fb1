import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolders } from './make-folders.ts';

const folder = await mkdtemp(join(tmpdir(), 'nisus-folders-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

it('makes what is missing, and leaves what is there', async () => {
  const deep = join(folder, 'a', 'b', 'c');
  await makeFolders(deep);
  await writeFile(join(deep, 'file'), 'x');
  await makeFolders(deep);
  await makeFolders('/');
  expect((await stat(join(deep, 'file'))).size).toBe(1);
});

it('is of one mind with others who make the same', async () => {
  const deep = join(folder, 'd', 'e', 'f');
  await Promise.all(Array.from({ length: 8 }, () => makeFolders(deep)));
  expect((await stat(deep)).isDirectory()).toBe(true);
});

it('refuses where a file is in the way', async () => {
  const file = join(folder, 'file');
  await writeFile(file, 'x');
  await expect(makeFolders(file)).rejects.toMatchObject({ code: 'EEXIST', path: file });
  await expect(makeFolders(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.skipIf(process.platform !== 'linux')('comes to an end below /proc', async () => {
  await expect(makeFolders('/proc/nisus-none/a/b')).rejects.toMatchObject({ path: '/proc/nisus-none' });
});
