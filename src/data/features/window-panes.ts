import type { FeatureWindow } from './feature-declaration.ts';

/** A window as panes: at a moment `t` those from `P − panes + 1` to `P`, with `P = floor(t / paneMs) − behind`. */
export interface WindowPanes {
  readonly paneMs: number;
  readonly panes: number;
  /** 0 where the pane in progress counts (`sliding`), 1 where only whole ones do (`tumbling`). */
  readonly behind: 0 | 1;
}

/** The panes of a window; null for `all`, which has none. */
export function windowPanes(window: FeatureWindow): WindowPanes | null {
  if (window.kind === 'all') return null;
  if (window.kind === 'tumbling') return { paneMs: window.lengthMs, panes: 1, behind: 1 };
  return { paneMs: window.paneMs, panes: window.lengthMs / window.paneMs, behind: 0 };
}
