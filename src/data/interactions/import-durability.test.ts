import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { importInteractions } from './import-interactions.ts';
import { openDataset } from './open-dataset.ts';

const context = { clock: manualClock(), logger: silentLogger };
let folder: string;
let destination: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nisus-kill-'));
  destination = join(folder, 'dataset');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Imports in a process that kills itself with SIGKILL at a stage; `commit`: files written, manifest not yet. */
async function importAndDie(source: string, stage: string): Promise<string | null> {
  const module = pathToFileURL(join(import.meta.dirname, 'import-interactions.ts')).href;
  const script = `
    import { importInteractions } from ${JSON.stringify(module)};
    const die = () => process.kill(process.pid, 'SIGKILL');
    const stage = ${JSON.stringify(stage)};
    const nothing = () => {};
    await importInteractions(${JSON.stringify(source)}, { destination: ${JSON.stringify(destination)} }, {
      clock: { monotonicMs: () => 0, nowMs: () => (stage === 'commit' ? die() : 0) },
      logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
      onProgress: (progress) => progress.stage === stage && die(),
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((done) => child.once('exit', (_code, signal) => done(signal)));
}

describe('an import killed with SIGKILL', () => {
  it.each(['reading', 'arranging', 'writing', 'commit'])(
    'while %s leaves the old data set whole, and the next import works',
    async (stage) => {
      const old = join(folder, 'old.csv');
      const fresh = join(folder, 'fresh.csv');
      await writeFile(old, 'user,item,time\na,x,1\nb,y,2\n');
      await writeFile(fresh, 'user,item,time\na,x,1\nb,y,2\nc,z,3\nc,,4\n');
      const before = await importInteractions(old, { destination }, context);

      expect(await importAndDie(fresh, stage)).toBe('SIGKILL');
      const kept = await openDataset(destination, { verify: true });
      expect(kept.fingerprint).toBe(before.manifest.fingerprint);
      expect((await readdir(destination)).filter((name) => name.startsWith('data-'))).toHaveLength(2);

      const after = await importInteractions(fresh, { destination }, context);
      const replaced = await openDataset(destination, { verify: true });
      expect(replaced.fingerprint).toBe(after.manifest.fingerprint);
      expect(replaced.items.length).toBe(3);
      expect((await readdir(destination)).sort()).toEqual([after.manifest.data, 'manifest.json', 'rejects.jsonl'].sort());
    },
  );
});
