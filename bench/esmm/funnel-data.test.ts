import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFunnel, WINDOW_SECONDS, type Funnel } from './funnel-data.ts';
import { FUNNEL_FIELDS, funnelFeatures } from './funnel-features.ts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'nisus-funnel-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function read(rows: readonly string[], header = 'timestamp,user_id,item_id,event'): Funnel {
  const file = path.join(folder, 'events.csv.gz');
  writeFileSync(file, gzipSync(`${[header, ...rows].join('\n')}\n`));
  return readFunnel(file);
}

const outcomes = ({ views }: Funnel) => views.map(({ event, carted, bought }) => [event.user, event.item, carted, bought]);
/** Of all views, one field. */
function field(funnel: Funnel, name: string): number[] {
  const [at, width] = [FUNNEL_FIELDS.numeric.findIndex((one) => one.name === name), FUNNEL_FIELDS.numeric.length];
  const { numbers } = funnelFeatures(funnel);
  return funnel.views.map((_, row) => numbers[row * width + at]!);
}

describe('the reader of the funnel', () => {
  it('calls a view carted and bought by what the same user does with the same item within the window', () => {
    const late = 100 + WINDOW_SECONDS;
    const funnel = read([
      '100,1,1,view',
      '150,1,1,cart',
      '160,1,1,buy',
      '100,1,2,view',
      `${late},1,2,cart`,
      '100,1,3,view',
      `${late + 1},1,3,cart`,
      '100,2,1,view',
      '120,2,1,cart',
      `${late + 1},2,1,buy`,
      // A buy without a cart, and others' doings.
      '100,3,1,view',
      '110,3,1,buy',
      '100,4,2,view',
    ]);
    // All of one second, in the order of the file.
    expect(outcomes(funnel)).toEqual([
      [1, 1, true, true],
      [1, 2, true, false],
      [1, 3, false, false],
      [2, 1, true, false],
      [3, 1, false, false],
      [4, 2, false, false],
    ]);
    expect(funnel.leftOut).toBe(0);
  });

  it('leaves out views that do not stand before their cart and buy, counts them, and sorts by time', () => {
    const funnel = read(['300,1,1,view', '200,1,1,cart', '50,1,2,view', '50,1,2,cart', '400,1,3,view', '390,1,3,buy', '20,1,4,view']);
    expect(funnel.leftOut).toBe(3);
    expect(outcomes(funnel)).toEqual([[1, 4, false, false]]);
    expect(funnel.events.map(({ seconds }) => seconds)).toEqual([20, 50, 50, 200, 300, 390, 400]);
  });

  it('refuses another header', () => {
    expect(() => read(['1,2,3,view'], 'time,user,item,event')).toThrow(/the first line is "time,user,item,event"/);
  });
});

describe('the features of views', () => {
  let funnel: Funnel;
  beforeAll(() => {
    funnel = read(['100,1,1,view', '200,1,1,cart', '300,2,1,view', '300,2,2,view', '400,1,2,view', '410,1,2,cart', '5000,1,3,view']);
  });

  it('know events of earlier seconds alone: neither the view itself, nor what shares its second, nor its outcome', () => {
    expect(field(funnel, 'user views')).toEqual([0, 0, 0, 1, 2]);
    expect(field(funnel, 'user carts')).toEqual([0, 0, 0, 1, 2]);
    expect(field(funnel, 'item views')).toEqual([0, 1, 0, 1, 0]);
    expect(field(funnel, 'item carts')).toEqual([0, 1, 0, 0, 0]);
    expect(field(funnel, "seconds since user's last cart")).toEqual([NaN, NaN, NaN, 200, 4590]);
    // Nothing that comes later moves a feature.
    const cut = { ...funnel, events: funnel.events.filter(({ seconds }) => seconds < 400), views: funnel.views.slice(0, 4) };
    const [all, fewer] = [funnelFeatures(funnel), funnelFeatures(cut)];
    expect(fewer.numbers).toEqual(all.numbers.slice(0, fewer.numbers.length));
    expect(fewer.categories).toEqual(all.categories.slice(0, fewer.categories.length));
  });

  it('count a session anew after half an hour of rest', () => {
    expect(field(funnel, 'views of the session')).toEqual([0, 0, 0, 1, 0]);
    expect(field(funnel, 'seconds since the session began')).toEqual([0, 0, 0, 300, 0]);
  });
});
