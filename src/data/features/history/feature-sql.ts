import type { FeatureDefinition } from '../feature-declaration.ts';
import { PRICES } from '../event-filter.ts';
import { decayedSql } from './decayed-sql.ts';
import { distinctSql } from './distinct-sql.ts';
import { lastSql } from './last-sql.ts';
import { priceReturnSql } from './price-sql.ts';
import { quantileSql } from './quantile-sql.ts';
import { sqlDouble } from './sql-text.ts';
import { topSql } from './top-sql.ts';
import type { ViewPlan } from './view-plan.ts';
import { volatilitySql } from './volatility-sql.ts';

/** Plans one feature; returns the expression of its value over `asked` as `a` and the joins that were planned. */
export function planFeature(plan: ViewPlan, definition: FeatureDefinition): string {
  switch (definition.kind) {
    case 'sum':
      return plan.sum(definition.where, definition.of, definition.window);
    case 'ratio': {
      const { numerator, denominator, priorMean, priorStrength, window } = definition;
      const above = plan.sum(numerator.where, numerator.of, window);
      const below = plan.sum(denominator.where, denominator.of, window);
      const strength = sqlDouble(priorStrength);
      return `(${above} + ${sqlDouble(priorMean * priorStrength)}) / nullif(${below} + ${strength}, 0)`;
    }
    case 'decayed':
      return decayedSql(plan, definition);
    case 'last':
      return lastSql(plan, definition);
    case 'time-since': {
      const filter = plan.filter(definition.where);
      const column = `latest_${filter}`;
      if (plan.timeline.maximum(column)) plan.timeline.fact(column, `CASE WHEN ${filter} THEN ts END`, filter);
      return `CAST(CASE WHEN a.${column} IS NOT NULL THEN greatest(0, a.t - a.${column}) END AS DOUBLE)`;
    }
    case 'distinct':
      return distinctSql(plan, definition);
    case 'top':
      return topSql(plan, definition);
    case 'quantile':
      return quantileSql(plan, definition);
    case 'price-return':
      return priceReturnSql(plan, definition);
    case 'volatility':
      return volatilitySql(plan, definition);
    case 'volume-surge': {
      const { window, baseline } = definition;
      if (window.kind === 'all' || baseline.kind === 'all') return 'CAST(NULL AS DOUBLE)';
      const now = plan.sum(PRICES, 'quantity', window);
      const base = plan.sum(PRICES, 'quantity', baseline);
      const per = (sum: string, lengthMs: number) => `${sum} / ${sqlDouble(lengthMs)}`;
      return `CASE WHEN ${base} > 0 THEN ${per(now, window.lengthMs)} / (${per(base, baseline.lengthMs)}) END`;
    }
  }
}
