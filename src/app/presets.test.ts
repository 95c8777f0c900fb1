import { expect, test } from 'vitest';
import { choosePreset, PRESET_NAMES, presetConfig, type DataShape } from './presets.ts';

const movies: DataShape = { users: 6040, items: 3416, meanHistory: 165, hasTimes: false, isGenerated: false, isWorld: false };
const beauty: DataShape = { users: 22_363, items: 12_101, meanHistory: 8.9, hasTimes: false, isGenerated: false, isWorld: false };

test('presets follow from the model and the data', () => {
  expect(choosePreset('hstu', movies)).toBe('hstu-long');
  expect(choosePreset('sasrec', beauty)).toBe('sasrec-short');
  expect(choosePreset('hstu', { ...beauty, isGenerated: true })).toBe('hstu-small');
  expect(choosePreset('sasrec', { ...beauty, isWorld: true })).toBe('sasrec-world');
});

test.each(PRESET_NAMES)('%s is a valid config on data without times, with no time bias', (name) => {
  const { model } = presetConfig(name, movies);
  expect(model.kind === 'hstu' && model.timeBias).toBe(false);
});

test('data with times gets the time bias that its preset asks for', () => {
  expect(presetConfig('hstu-long', { ...movies, hasTimes: true }).model).toMatchObject({ timeBias: true });
});

test('a softmax over very many items is sampled, over few it is not', () => {
  expect(presetConfig('hstu-short', { ...beauty, items: 1_000_000 }).loss.kind).toBe('sampled-softmax');
  expect(presetConfig('hstu-short', beauty).loss.kind).toBe('full-softmax');
});

test('few users get smaller batches, so that an epoch has some steps; many keep those of the preset', () => {
  expect(presetConfig('hstu-long', movies).batchSize).toBe(128);
  expect(presetConfig('hstu-long', { ...movies, users: 943 }).batchSize).toBe(32);
  expect(presetConfig('hstu-long', { ...movies, users: 3 }).batchSize).toBe(32);
});

test('few users are scored by dot products; many by the cosine of the preset', () => {
  expect(presetConfig('hstu-long', movies).model).toMatchObject({ scoring: { kind: 'cosine' }, dropout: 0.2 });
  expect(presetConfig('hstu-long', { ...movies, users: 943 }).model).toMatchObject({ scoring: { kind: 'dot' }, dropout: 0.3 });
  expect(presetConfig('hstu-small', { ...movies, users: 943 }).model).toMatchObject({ scoring: { kind: 'dot' }, dropout: 0.2 });
});
