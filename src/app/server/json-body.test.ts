import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyDepthMax, parseJsonBody } from './json-body.ts';

const parse = (text: string) => parseJsonBody(Buffer.from(text));

describe('parseJsonBody', () => {
  it('reads what JSON.parse reads, strings full of quotes, colons and brackets included', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
    expect(parse(String.raw`{"a\":[{":"\\","b":"}:\"{"}`)).toEqual({ 'a":[{': '\\', b: '}:"{' });
  });

  it('never throws anything but a rejection, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          try {
            parseJsonBody(Buffer.from(bytes));
          } catch (error) {
            expect(error).toMatchObject({ name: 'RequestRejectedError', status: 400 });
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['', 'BODY_EMPTY'],
    ['{', 'BODY_MALFORMED'],
    ['{"a":1}x', 'BODY_MALFORMED'],
    ['{"k":1,"k":2}', 'FIELD_DUPLICATE'],
    [String.raw`{"k":1,"\u006b":2}`, 'FIELD_DUPLICATE'],
    ['{"a":[{"b":1,"b":1}]}', 'FIELD_DUPLICATE'],
    ['{"__proto__":1,"__proto__":2}', 'FIELD_DUPLICATE'],
    ['['.repeat(bodyDepthMax + 1) + ']'.repeat(bodyDepthMax + 1), 'BODY_TOO_DEEP'],
    ['['.repeat(1_000_000), 'BODY_TOO_DEEP'],
  ])('refuses %.20s', (text, code) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses bytes that are not UTF-8 instead of reading them as another id', () => {
    const body = Buffer.concat([Buffer.from('{"userId":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect(() => parseJsonBody(body)).toThrow(/not UTF-8/);
  });

  it('keeps __proto__ as a plain key and pollutes nothing', () => {
    const value = parse('{"__proto__":{"polluted":true}}') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
