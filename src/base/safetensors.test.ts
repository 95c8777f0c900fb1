import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readSafetensors,
  readSafetensorsHeader,
  SafetensorsFormatError,
  SafetensorsInputError,
  SafetensorsUnreadableError,
  writeSafetensors,
  type SafetensorsTensor,
} from './safetensors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nisus-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file from a header text and data, laid out by hand. */
function raw(header: string, data: Uint8Array = new Uint8Array(0), claimedLength?: bigint): Buffer {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimedLength ?? BigInt(json.byteLength));
  return Buffer.concat([length, json, data]);
}

describe('writeSafetensors', () => {
  it('lays the bytes out as the public format says', async () => {
    const path = join(folder, 'golden.safetensors');
    await writeSafetensors(
      path,
      {
        flags: { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) },
        weight: { dtype: 'F32', shape: [1, 2], data: Float32Array.of(1, -2) },
        ids: { dtype: 'I64', shape: [], data: BigInt64Array.of(-2n) },
      },
      { step: '7' },
    );
    const json =
      '{"__metadata__":{"step":"7"},' +
      '"ids":{"dtype":"I64","shape":[],"data_offsets":[0,8]},' +
      '"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},' +
      '"flags":{"dtype":"BOOL","shape":[3],"data_offsets":[16,19]}}';
    const padded = json.padEnd(Math.ceil(json.length / 8) * 8, ' ');
    const hex =
      Buffer.from([padded.length & 255, padded.length >> 8, 0, 0, 0, 0, 0, 0]).toString('hex') +
      Buffer.from(padded).toString('hex') +
      'feffffffffffffff' + // -2 as int64, little-endian
      '0000803f000000c0' + // 1, -2 as float32
      '010001';
    expect((await readFile(path)).toString('hex')).toBe(hex);
  });

  it('refuses a shape that does not fit the data, a wrong array and the reserved name', async () => {
    const path = join(folder, 'refused.safetensors');
    const data = Float32Array.of(1, 2, 3);
    await expect(writeSafetensors(path, { w: { dtype: 'F32', shape: [2, 2], data } })).rejects.toThrow(
      'shape [2, 2] means 4 elements, but the data has 3',
    );
    await expect(writeSafetensors(path, { w: { dtype: 'F64', shape: [3], data } as unknown as SafetensorsTensor })).rejects.toThrow(
      'dtype F64 needs a Float64Array, got a Float32Array',
    );
    await expect(writeSafetensors(path, { __metadata__: { dtype: 'F32', shape: [3], data } })).rejects.toThrow(SafetensorsInputError);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('replaces a file whole and leaves no temporary file', async () => {
    const inside = await mkdtemp(join(folder, 'replace-'));
    const path = join(inside, 'a.safetensors');
    for (const value of [1, 2]) {
      await writeSafetensors(path, { w: { dtype: 'I32', shape: [1], data: Int32Array.of(value) } });
    }
    expect((await readSafetensors(path)).tensors.get('w')?.data).toEqual(Int32Array.of(2));
    expect(await readdir(inside)).toEqual(['a.safetensors']);
  });

  it('reads back what was written, views into larger arrays included', async () => {
    const path = join(folder, 'round.safetensors');
    const tensor = fc.oneof(
      fc.float32Array({ maxLength: 9 }).map((data): SafetensorsTensor => ({ dtype: 'F32', shape: [data.length], data })),
      fc.float64Array({ maxLength: 9 }).map((data): SafetensorsTensor => ({ dtype: 'F64', shape: [1, data.length], data })),
      fc.int32Array({ maxLength: 9 }).map((data): SafetensorsTensor => ({ dtype: 'I32', shape: [data.length, 1], data })),
      fc.bigInt64Array({ maxLength: 9 }).map((data): SafetensorsTensor => ({ dtype: 'I64', shape: [data.length], data })),
      fc
        .uint8Array({ minLength: 1, maxLength: 9 })
        .map((data): SafetensorsTensor => ({ dtype: 'U8', shape: [data.length - 1], data: data.subarray(1) })),
    );
    const name = fc.string({ unit: 'binary' }).filter((text) => text !== '__metadata__' && text !== '__proto__');
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, tensor), fc.dictionary(name, fc.string({ unit: 'binary' })), async (tensors, metadata) => {
        await writeSafetensors(path, tensors, metadata);
        const read = await readSafetensors(path);
        expect(Object.fromEntries(read.tensors)).toEqual({ ...tensors });
        expect(read.metadata).toEqual({ ...metadata });
        expect((await readSafetensorsHeader(path)).dataStart % 8).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('readSafetensors', () => {
  it('reads only the tensors asked for and names one that is missing', async () => {
    const path = join(folder, 'some.safetensors');
    const one: SafetensorsTensor = { dtype: 'U8', shape: [1], data: Uint8Array.of(9) };
    await writeSafetensors(path, { a: one, b: one });
    expect([...(await readSafetensors(path, { names: ['b'] })).tensors.keys()]).toEqual(['b']);
    await expect(readSafetensors(path, { names: ['c'] })).rejects.toThrow('no tensor "c" (it has: a, b)');
  });

  it('says which file is missing', async () => {
    await expect(readSafetensors(join(folder, 'none'))).rejects.toThrow(SafetensorsUnreadableError);
    await expect(readSafetensors(folder)).rejects.toThrow(SafetensorsUnreadableError);
  });

  const tensor = (fields: string) => `{"w":{${fields}}}`;
  const eight = new Uint8Array(8);
  it.each([
    ['fewer bytes than the length', Buffer.from('abc'), 'fewer than the 8'],
    ['a header longer than the file', raw('{}', eight, 1000n), 'claims 1000 bytes'],
    ['a huge header length', raw('{}', eight, 2n ** 63n), 'claims 9223372036854775808 bytes'],
    ['no JSON', raw('{"w":'), 'not valid JSON'],
    ['no object', raw('[]'), 'not a JSON object'],
    ['metadata that is no text', raw('{"__metadata__":{"a":1}}'), '"__metadata__" must be'],
    ['an unknown dtype', raw(tensor('"dtype":"F16","shape":[4],"data_offsets":[0,8]'), eight), 'has dtype "F16"'],
    ['an inherited name as dtype', raw(tensor('"dtype":"toString","shape":[],"data_offsets":[0,8]'), eight), 'has dtype'],
    ['a negative size', raw(tensor('"dtype":"F32","shape":[-2],"data_offsets":[0,8]'), eight), 'has shape [-2]'],
    ['too few bytes for the shape', raw(tensor('"dtype":"F32","shape":[3],"data_offsets":[0,8]'), eight), 'needs 12 bytes'],
    ['offsets backwards', raw(tensor('"dtype":"F32","shape":[2],"data_offsets":[8,0]'), eight), 'span -8'],
    ['a hole', raw(tensor('"dtype":"F32","shape":[1],"data_offsets":[4,8]'), eight), 'begins at data byte 4, expected 0'],
    ['data cut off', raw(tensor('"dtype":"F32","shape":[2],"data_offsets":[0,8]'), eight.subarray(1)), 'holds 7'],
    ['data too long', raw(tensor('"dtype":"F32","shape":[1],"data_offsets":[0,4]'), eight), 'holds 8'],
  ])('refuses %s', async (_what, bytes, message) => {
    const path = join(folder, 'broken.safetensors');
    await writeFile(path, bytes);
    const failure = await readSafetensors(path).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(SafetensorsFormatError);
    expect((failure as Error).message).toContain(message);
    expect((failure as Error).message).toContain(path);
  });
});
