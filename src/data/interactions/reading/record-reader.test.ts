import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecordReader, fieldText, type RecordReaderOptions } from './record-reader.ts';

interface Read {
  records: { line: number; fields: string[] }[];
  broken: { line: number; reason: string; text: string }[];
}

function read(input: string | Uint8Array, options: Partial<RecordReaderOptions> = {}, cuts: readonly number[] = []): Read {
  const bytes = typeof input === 'string' ? Buffer.from(input) : Buffer.from(input);
  const found: Read = { records: [], broken: [] };
  const reader = createRecordReader({
    delimiter: ',',
    quoting: true,
    maximumRecordBytes: 1 << 20,
    onRecord(record) {
      const fields = Array.from({ length: record.fieldCount }, (_, field) => fieldText(record, field, 'utf-8'));
      found.records.push({ line: record.line, fields });
    },
    onBroken(line, reason, from, begin, end) {
      found.broken.push({ line, reason, text: Buffer.from(from.subarray(begin, end)).toString() });
    },
    ...options,
  });
  let at = 0;
  for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    reader.push(bytes.subarray(at, cut));
    at = cut;
  }
  reader.finish();
  return found;
}

describe('createRecordReader', () => {
  it('keeps lines through empty lines, quoted line ends, mixed line ends, a byte order mark and no last line end', () => {
    const text = '\ufeffa,b\r\n1,2\n\n\r\n"x\ny\r\nz",3\r\n4,"say ""hi"""\r\n5,';
    expect(read(text)).toEqual({
      records: [
        { line: 1, fields: ['a', 'b'] },
        { line: 2, fields: ['1', '2'] },
        { line: 5, fields: ['x\ny\r\nz', '3'] },
        { line: 8, fields: ['4', 'say "hi"'] },
        { line: 9, fields: ['5', ''] },
      ],
      broken: [],
    });
  });

  it('gives up only the first line of a record with broken quotes', () => {
    const { records, broken } = read('a,b\n"open,1\nc,d\ne,"f"g\nh,i\n');
    expect(broken).toEqual([
      { line: 2, reason: 'broken-quotes', text: '"open,1' },
      { line: 4, reason: 'broken-quotes', text: 'e,"f"g' },
    ]);
    expect(records.map(({ line, fields }) => [line, ...fields])).toEqual([
      [1, 'a', 'b'],
      [3, 'c', 'd'],
      [5, 'h', 'i'],
    ]);
  });

  it('drops a line beyond the limit and goes on after it', () => {
    const long = 'x'.repeat(500);
    for (const text of [`a,b\n${long},1\nc,d\n${long}`, `a,b\r\n"${long}\n",1\nc,d\n${long}`]) {
      const { records, broken } = read(text, { maximumRecordBytes: 100 }, [50, 60, 150, 300, 505]);
      expect(records.map(({ line }) => line)).toContain(1);
      expect(records.find(({ fields }) => fields[0] === 'c')?.line).toBe(text.startsWith('a,b\n') ? 3 : 4);
      expect(broken[0]?.line).toBe(2);
      expect(broken.at(-1)?.reason).toBe('line-too-long');
    }
  });

  it('takes two-byte delimiters and leaves quotes alone where quoting is off', () => {
    const { records } = read('1::"2::3:4\r\n5::6::7', { delimiter: '::', quoting: false });
    expect(records).toEqual([
      { line: 1, fields: ['1', '"2', '3:4'] },
      { line: 2, fields: ['5', '6', '7'] },
    ]);
  });

  const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '7', '😀'), maxLength: 6 });
  const end = fc.constantFrom('\n', '\r\n', '\n\n', '\r\n\r\n');
  const rows = fc.array(fc.tuple(fc.array(field, { minLength: 1, maxLength: 4 }), end), { minLength: 1, maxLength: 12 });

  it('reads back any quoted file, wherever the chunks are cut, with the line of every record', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat(400), { maxLength: 6 }), (written, cuts) => {
        let text = '';
        const expected: Read['records'] = [];
        for (const [fields, lineEnd] of written) {
          expected.push({ line: text.split('\n').length, fields });
          text += fields.map((value) => `"${value.replaceAll('"', '""')}"`).join(',') + lineEnd;
        }
        expect(read(text, {}, cuts)).toEqual({ records: expected, broken: [] });
      }),
      { numRuns: 300 },
    );
  });

  it('never stops on any bytes, counts no line twice and gives the same records for any cuts', () => {
    const byte = fc.constantFrom(34, 44, 10, 13, 97, 0xff, 0xc3, 0);
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 5 }), (bytes, cuts) => {
        const whole = read(Uint8Array.from(bytes));
        expect(read(Uint8Array.from(bytes), {}, cuts)).toEqual(whole);
        const lines = [...whole.records, ...whole.broken].map(({ line }) => line);
        expect(new Set(lines).size).toBe(lines.length);
        expect(Math.max(0, ...lines)).toBeLessThanOrEqual(bytes.filter((value) => value === 10).length + 1);
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with DuckDB's reader on a valid file", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nisus-records-'));
    try {
      const lines = Array.from({ length: 500 }, (_, row) => `u${row},"it,""${row}""\nx",${row % 7 === 0 ? '' : row}`);
      const text = `user,item,time\n${lines.join('\n')}\n`;
      const path = join(folder, 'valid.csv');
      await writeFile(path, text);
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      const theirs = await connection.runAndReadAll(
        `SELECT * FROM read_csv('${path}', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')`,
      );
      const ours = read(text)
        .records.slice(1)
        .map(({ fields }) => fields.map((value) => (value === '' ? null : value)));
      expect(ours).toEqual(theirs.getRows());
      connection.closeSync();
      instance.closeSync();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
