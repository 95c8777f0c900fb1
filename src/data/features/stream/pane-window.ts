import type { FeatureWindow } from '../feature-declaration.ts';

/** A window as panes: at a moment it holds `panes` of them, the last `behind` panes before the one in progress. */
export interface PaneWindow {
  readonly paneMs: number;
  readonly panes: number;
  /** 0: the pane in progress belongs; 1: the one before it is the last. */
  readonly behind: number;
  /** How long after its end a pane is still open: allowed lateness of sealed kinds, 0 of live ones. */
  readonly latenessMs: number;
}

/** Panes of a live kind. `all` has none: null. */
export function livePanes(window: FeatureWindow): PaneWindow | null {
  if (window.kind === 'all') return null;
  return window.kind === 'sliding'
    ? { paneMs: window.paneMs, panes: window.lengthMs / window.paneMs, behind: 0, latenessMs: 0 }
    : { paneMs: window.lengthMs, panes: 1, behind: 1, latenessMs: 0 };
}

/** Panes of a sealed kind: the last one is the latest that is sealed. */
export function sealedPanes(window: FeatureWindow, allowedLatenessMs: number): PaneWindow {
  const { paneMs, panes } = livePanes(window) ?? { paneMs: Number.MAX_SAFE_INTEGER, panes: 1 };
  return { paneMs, panes, behind: 1, latenessMs: allowedLatenessMs };
}

/** The pane that a time falls into. */
export function paneOf(window: PaneWindow, timeMs: number): number {
  return Math.floor(timeMs / window.paneMs);
}

/** Last pane of the window at a moment. */
export function lastPane(window: PaneWindow, atMs: number): number {
  return Math.floor((atMs - window.latenessMs) / window.paneMs) - window.behind;
}

/** First pane of the window at a moment. */
export function firstPane(window: PaneWindow, atMs: number): number {
  return lastPane(window, atMs) - window.panes + 1;
}

/** Whether an event came after its pane was sealed. */
export function isLate(window: PaneWindow, timeMs: number, receivedTimeMs: number): boolean {
  return receivedTimeMs >= (paneOf(window, timeMs) + 1) * window.paneMs + window.latenessMs;
}
