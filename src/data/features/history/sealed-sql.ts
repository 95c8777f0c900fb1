import type { FeatureWindow } from '../feature-declaration.ts';
import { windowPanes } from '../window-panes.ts';
import type { ViewPlan } from './view-plan.ts';

/** The parts of SQL that the sealed kinds have in common. */
export interface SealedSql {
  /** Condition on a row of `facts` that came before its pane was sealed. */
  readonly onTime: string;
  /** Number of a fact's pane. */
  readonly pane: string;
  /** SELECT of `k`, `p` (latest sealed pane) and `q`, a row for each pane of each window asked for. */
  readonly panes: string;
  /** Number of the latest sealed pane at the moment of a row of `asked`, as `a`. */
  readonly latest: string;
}

/** Of a window; null for `all`, which sealed kinds do not have. */
export function sealedSql(plan: ViewPlan, window: FeatureWindow): SealedSql | null {
  const windowed = windowPanes(window);
  if (windowed === null) return null;
  const { paneMs, panes } = windowed;
  const lateness = plan.settings.allowedLatenessMs;
  const latest = (t: string) => `(${t} - ${lateness}) // ${paneMs} - 1`;
  return {
    onTime: `seen < (ts // ${paneMs} + 1) * ${paneMs} + ${lateness}`,
    pane: `ts // ${paneMs}`,
    panes: `SELECT k, p, unnest(range(p - ${panes - 1}, p + 1)) AS q FROM (SELECT DISTINCT k, ${latest('t')} AS p FROM asked)`,
    latest: latest('a.t'),
  };
}
