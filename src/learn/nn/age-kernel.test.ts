import { expect, test } from 'vitest';
import { constant } from '../tensor/leaf.ts';
import { compileProgram } from '../tensor/program.ts';
import { createRandom } from '../../base/random.ts';
import { ageQuery, ageWaves, wavesOf } from './age-kernel.ts';

const DAY_MS = 86_400_000;
const width = 2 * ageWaves;

test('the product of moment and thing is a function of the age alone: the sum of waves that it stands for', async () => {
  const random = createRandom(1, 'ages');
  const nowMs = Date.UTC(2026, 10, 25);
  const moments = [0, 1, 7.25].map((days) => nowMs + days * DAY_MS);
  const created = [0.1, 3, 400].map((days) => nowMs - days * DAY_MS);
  const weights = Float32Array.from({ length: 3 * width }, () => random.normal());
  const query = ageQuery(constant(weights, { shape: [3, width] }), constant(wavesOf(moments), { shape: [3, width] }));
  const program = await compileProgram({ query }, { threads: 1 });
  const found = (await program.run({}))['query']!.data as Float32Array;
  await program.close();
  const things = wavesOf(created);
  moments.forEach((timeMs, row) => {
    created.forEach((createdMs, thing) => {
      let [product, direct] = [0, 0];
      for (let at = 0; at < width; at++) product += found[row * width + at]! * things[thing * width + at]!;
      for (let wave = 0; wave < ageWaves; wave++) {
        const angle = (2 * Math.PI * (timeMs - createdMs)) / (0.5 * 3 ** wave * DAY_MS);
        direct += weights[row * width + wave]! * Math.cos(angle) + weights[row * width + ageWaves + wave]! * Math.sin(angle);
      }
      expect(product).toBeCloseTo(direct, 4);
    });
  });
});

test('of what has no known age, age says nothing', () => {
  expect([...wavesOf([NaN])]).toEqual(Array.from({ length: width }, () => 0));
});
