import type { Entity, EventFilter, EventNumber, EventTerm, FeatureWindow } from '../feature-declaration.ts';
import type { FeatureSettings } from '../feature-settings.ts';
import type { Timeline } from './timeline-sql.ts';

/** Times between which events and questions lie. */
export interface Extent {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What the generators of the kinds of feature write to while the SQL of a view is being put together. */
export interface ViewPlan {
  readonly entity: Entity;
  readonly settings: FeatureSettings;
  readonly extent: Extent;
  readonly timeline: Timeline;
  /** Expression over `asked` (as `a`) of a sum over a window: a DOUBLE, 0 without events. */
  sum(where: EventFilter, of: EventNumber, window: FeatureWindow): string;
  /** Name of the column of `facts` that tells whether a filter holds. */
  filter(where: EventFilter): string;
  /** Name of the column of `facts` that holds a term where the filter holds, and whether it is a list. */
  term(of: EventTerm, filter: string): { readonly column: string; readonly many: boolean };
  /** Says that `facts` needs `value` or `quantity`. */
  number(of: 'value' | 'quantity'): void;
  /** Makes a table, once a name, of `facts` and tables made before; it is there when the timeline is put together. */
  before(table: string, select: string): void;
  /** Makes a table, once a name, of `asked` and all tables before. */
  after(table: string, select: string): void;
  /** A join of the table `asked`, known as `a`, once a text. */
  join(sql: string): void;
}
