import type { FeatureWindow } from '../feature-declaration.ts';
import { windowPanes, type WindowPanes } from '../window-panes.ts';

/** A window's panes, as an operator counts them. */
export interface PaneWindow extends WindowPanes {
  /** How long after its end a pane is still open: allowed lateness of sealed kinds, 0 of live ones. */
  readonly latenessMs: number;
}

/** Panes of a live kind. `all` has none: null. */
export function livePanes(window: FeatureWindow): PaneWindow | null {
  const panes = windowPanes(window);
  return panes === null ? null : { ...panes, latenessMs: 0 };
}

/** Panes of a sealed kind: the last one is the latest that is sealed. Null for `all`, which no checked declaration has there. */
export function sealedPanes(window: FeatureWindow, allowedLatenessMs: number): PaneWindow | null {
  const panes = windowPanes(window);
  return panes === null ? null : { ...panes, behind: 1, latenessMs: allowedLatenessMs };
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
