/**
 * `kill -9` at random moments, for the log alone and for the log with features on it: the figures of both in one.
 *
 *     node bench/log/crash-and-replay.ts
 *
 * Runs `bench/log/crash.ts` and `bench/features/replay-crash.ts`, one after the other, fifty kills each.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface Result {
  readonly figures: Readonly<Record<string, number>>;
  readonly protocol: string;
}

const folder = mkdtempSync(path.join(tmpdir(), 'nisus-crash-'));
try {
  const log = run('crash.ts');
  const features = run('../features/replay-crash.ts');
  const figures = {
    ...log.figures,
    kills: Math.min(log.figures['kills']!, features.figures['kills']!),
    featuresUnequal: features.figures['featuresUnequal'],
  };
  const protocol = `log: ${log.protocol} Features: ${features.protocol}`;
  console.log(`\n${JSON.stringify(figures)}`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(file: string): Result {
  const output = path.join(folder, `${path.basename(file)}.json`);
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, file)], {
    stdio: 'inherit',
    env: { ...process.env, NISUS_GATE_OUTPUT: output },
  });
  if (status !== 0) throw new Error(`${file} ended with ${status}`);
  return JSON.parse(readFileSync(output, 'utf8')) as Result;
}
