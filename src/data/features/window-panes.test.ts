import { expect, test } from 'vitest';
import { windowPanes } from './window-panes.ts';

test('a window as panes', () => {
  expect(windowPanes({ kind: 'all' })).toBe(null);
  expect(windowPanes({ kind: 'sliding', lengthMs: 3_600_000, paneMs: 300_000 })).toEqual({ paneMs: 300_000, panes: 12, behind: 0 });
  expect(windowPanes({ kind: 'tumbling', lengthMs: 60_000 })).toEqual({ paneMs: 60_000, panes: 1, behind: 1 });
});
