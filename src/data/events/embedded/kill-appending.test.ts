import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkAfterKill, killAppending } from './kill-appending.fixture.ts';

it('has every acknowledged event once, and no batch in part, after kill -9 under load', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nisus-kill-'));
  try {
    const acknowledged = new Set<number>();
    let nextBatch = 0;
    for (const kill of [1, 9, 23, 40]) {
      const killed = await killAppending(
        folder,
        nextBatch,
        (onAcknowledged) => new Promise((resolve) => onAcknowledged((count) => count >= kill && resolve())),
      );
      expect(killed.wrong).toEqual([]);
      for (const batch of killed.acknowledged) acknowledged.add(batch);
      const after = await checkAfterKill(folder, acknowledged);
      expect(after).toMatchObject({ lost: 0, twice: 0, halfBatches: 0, wrongUsers: 0, takenAgain: 0 });
      ({ nextBatch } = after);
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(73);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
