import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compileRun, runSteps } from './training-run.fixture.ts';

const program = join(import.meta.dirname, 'training-run.fixture.ts');

describe('one seed', () => {
  it('gives the same bytes in one process and in another, on two threads', async () => {
    const here: string[] = [];
    for (let again = 0; again < 2; again++) {
      const step = await compileRun();
      here.push(await runSteps(step, 1, 20));
      await step.close();
    }
    const { stdout } = await promisify(execFile)(process.execPath, [program]);
    expect(here[1]).toBe(here[0]);
    expect(stdout).toBe(here[0]);
  });

  it('gives other losses than another seed', async () => {
    const [one, other] = [await compileRun({ seed: 7 }), await compileRun({ seed: 8 })];
    expect(await runSteps(one, 1, 1)).not.toBe(await runSteps(other, 1, 1));
    await one.close();
    await other.close();
  });

  it('lets a restored run go on with the bytes of the unbroken one', async () => {
    const unbroken = await compileRun();
    await runSteps(unbroken, 1, 6);
    const { step, parameters, optimizer } = unbroken.state();
    const saved = {
      step,
      parameters: parameters.slice(),
      optimizer: Object.fromEntries(Object.entries(optimizer).map(([name, vector]) => [name, vector.slice()])),
    };
    const wanted = await runSteps(unbroken, 7, 6);
    const resumed = await compileRun({ seed: 7 });
    resumed.restore(saved);
    expect(await runSteps(resumed, 7, 6)).toBe(wanted);
    await unbroken.close();
    await resumed.close();
  });
});
