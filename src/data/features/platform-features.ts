import type { EventAction } from '../events/event-actions.ts';
import { INTERACTION_ACTIONS } from '../events/interaction-actions.ts';
import {
  all,
  count,
  decayed,
  distinct,
  featureView,
  last,
  priceReturn,
  quantile,
  ratio,
  sliding,
  sum,
  timeSince,
  top,
  tumbling,
  volatility,
  volumeSurge,
} from './declare.ts';

/** What a user takes up, sees, approves of, turns away, and does with money. */
const TAKEN = { actions: INTERACTION_ACTIONS };
const SEEN = { actions: ['impression'] as const };
const CLICKED = { actions: ['click', 'result-click', 'open'] as const };
const LIKED = { actions: ['like', 'comment', 'share', 'follow'] as const };
const TURNED_AWAY = { actions: ['hide', 'report'] as const };
const STAYED = { actions: ['dwell'] as const };
const TRADED = { actions: ['order-placed'] as const };
const SEARCHED = { actions: ['query', 'refine'] as const };
const ENGAGED = { actions: [...CLICKED.actions, ...LIKED.actions] satisfies readonly EventAction[] };

/** Mean click rate and its weight in impressions, of something that nothing is known of yet. */
const CLICK_RATE = { priorMean: 0.05, priorStrength: 20 } as const;

/** What is known of a user. `recent_subjects` and `recent_times` run in step: the live history that the sequence model goes on from. */
export const userFeatures = featureView({
  name: 'user',
  entity: 'user',
  features: {
    recent_subjects: last({ where: TAKEN, of: 'subject', count: 50 }),
    recent_times: last({ where: TAKEN, of: 'time', count: 50 }),
    recent_actions: last({ of: 'action', count: 20 }),
    recent_queries: last({ where: SEARCHED, of: 'query', count: 5 }),
    seen_1d: count({ where: SEEN, window: sliding('1d', '1h') }),
    clicks_1d: count({ where: CLICKED, window: sliding('1d', '1h') }),
    sessions_7d: count({ where: { actions: ['session-start'] }, window: sliding('7d', '1d') }),
    click_rate_7d: ratio({ numerator: { where: CLICKED }, denominator: { where: SEEN }, ...CLICK_RATE, window: sliding('7d', '1d') }),
    engaged_fading: decayed({ where: ENGAGED, halfLife: '2d' }),
    turned_away_fading: decayed({ where: TURNED_AWAY, halfLife: '7d' }),
    traded_30d: sum({ where: TRADED, of: 'value', window: sliding('30d', '1d') }),
    orders: count({ where: TRADED }),
    since_last_event: timeSince(),
    since_last_order: timeSince({ where: TRADED }),
    top_tags_7d: top({ where: ENGAGED, of: 'tag', count: 10, window: sliding('7d', '1d') }),
    authors_7d: distinct({ where: CLICKED, of: 'author', precision: 8, window: sliding('7d', '1d') }),
    dwell_median_7d: quantile({ where: STAYED, quantile: 0.5, window: sliding('7d', '1d') }),
  },
});

/** What is known of a piece of content, a feature of the app or an instrument. */
export const subjectFeatures = featureView({
  name: 'subject',
  entity: 'subject',
  features: {
    seen_1h: count({ where: SEEN, window: sliding('1h', '5m') }),
    seen_1d: count({ where: SEEN, window: sliding('1d', '1h') }),
    seen_yesterday: count({ where: SEEN, window: tumbling('1d') }),
    seen: count({ where: SEEN, window: all() }),
    clicks_1h: count({ where: CLICKED, window: sliding('1h', '5m') }),
    clicks_1d: count({ where: CLICKED, window: sliding('1d', '1h') }),
    clicks_7d: count({ where: CLICKED, window: sliding('7d', '1d') }),
    clicks: count({ where: CLICKED, window: all() }),
    click_rate_1d: ratio({ numerator: { where: CLICKED }, denominator: { where: SEEN }, ...CLICK_RATE, window: sliding('1d', '1h') }),
    click_rate: ratio({ numerator: { where: CLICKED }, denominator: { where: SEEN }, ...CLICK_RATE }),
    like_rate: ratio({
      numerator: { where: LIKED },
      denominator: { where: CLICKED },
      priorMean: 0.02,
      priorStrength: 50,
      window: sliding('7d', '1d'),
    }),
    hide_rate: ratio({ numerator: { where: TURNED_AWAY }, denominator: { where: SEEN }, priorMean: 0.001, priorStrength: 200 }),
    click_through_trade_7d: ratio({
      numerator: { where: TRADED },
      denominator: { where: CLICKED },
      priorMean: 0.01,
      priorStrength: 100,
      window: sliding('7d', '1d'),
    }),
    likes_1d: count({ where: LIKED, window: sliding('1d', '1h') }),
    shares_7d: count({ where: { actions: ['share'] }, window: sliding('7d', '1d') }),
    clicks_fading: decayed({ where: CLICKED, halfLife: '6h' }),
    engaged_fading: decayed({ where: ENGAGED, halfLife: '1d' }),
    dwell_ms_1d: sum({ where: STAYED, of: 'value', window: sliding('1d', '1h') }),
    long_stays_7d: count({ where: { ...STAYED, valueMin: 30_000 }, window: sliding('7d', '1d') }),
    traded_7d: sum({ where: TRADED, of: 'value', window: sliding('7d', '1d') }),
    dwell_median_7d: quantile({ where: STAYED, quantile: 0.5, window: sliding('7d', '1d') }),
    users_7d: distinct({ where: CLICKED, of: 'user', window: sliding('7d', '1d') }),
    since_last_click: timeSince({ where: CLICKED }),
    last_surfaces: last({ where: CLICKED, of: 'surface', count: 5 }),
  },
});

/** How an author's work is taken. */
export const authorFeatures = featureView({
  name: 'author',
  entity: 'author',
  features: {
    click_rate_7d: ratio({ numerator: { where: CLICKED }, denominator: { where: SEEN }, ...CLICK_RATE, window: sliding('7d', '1d') }),
    follows_30d: count({ where: { actions: ['follow'] }, window: sliding('30d', '1d') }),
    reports_fading: decayed({ where: { actions: ['report'] }, halfLife: '30d' }),
    users_7d: distinct({ where: ENGAGED, of: 'user', window: sliding('7d', '1d') }),
  },
});

/** An instrument's market, and the attention that it gets: of its own pages, and of content that mentions it. */
export const instrumentFeatures = featureView({
  name: 'instrument',
  entity: 'instrument',
  features: {
    return_1h: priceReturn({ window: sliding('1h', '5m') }),
    return_1d: priceReturn({ window: sliding('1d', '1h') }),
    return_yesterday: priceReturn({ window: tumbling('1d') }),
    volatility_1d: volatility({ window: sliding('1d', '1h') }),
    volatility_7d: volatility({ window: sliding('7d', '4h') }),
    volume_surge_1h: volumeSurge({ window: sliding('1h', '5m'), baseline: sliding('7d', '4h') }),
    clicks_1h: count({ where: CLICKED, window: sliding('1h', '5m') }),
    traded_1d: sum({ where: TRADED, of: 'value', window: sliding('1d', '1h') }),
    attention_fading: decayed({ where: ENGAGED, halfLife: '1h' }),
  },
});

/** How a topic runs. */
export const tagFeatures = featureView({
  name: 'tag',
  entity: 'tag',
  features: {
    clicks_1h: count({ where: CLICKED, window: sliding('1h', '5m') }),
    click_rate_1d: ratio({ numerator: { where: CLICKED }, denominator: { where: SEEN }, ...CLICK_RATE, window: sliding('1d', '1h') }),
    users_7d: distinct({ where: CLICKED, of: 'user', window: sliding('7d', '1d') }),
    top_instruments_7d: top({ where: ENGAGED, of: 'instrument', count: 5, window: sliding('7d', '1d') }),
  },
});

/** A user's taste for a topic. */
export const userTagFeatures = featureView({
  name: 'user_tag',
  entity: 'user-tag',
  features: {
    engaged_fading: decayed({ where: ENGAGED, halfLife: '7d' }),
    click_rate: ratio({ numerator: { where: CLICKED }, denominator: { where: SEEN }, ...CLICK_RATE }),
  },
});

/** A user's taste for an author. */
export const userAuthorFeatures = featureView({
  name: 'user_author',
  entity: 'user-author',
  features: {
    engaged_fading: decayed({ where: ENGAGED, halfLife: '14d' }),
    seen_7d: count({ where: SEEN, window: sliding('7d', '1d') }),
  },
});

/** How places on pages are looked at and clicked: what position bias is estimated from. */
export const placeFeatures = featureView({
  name: 'place',
  entity: 'surface-position',
  features: {
    seen_7d: count({ where: SEEN, window: sliding('7d', '1d') }),
    click_rate_7d: ratio({ numerator: { where: CLICKED }, denominator: { where: SEEN }, ...CLICK_RATE, window: sliding('7d', '1d') }),
  },
});

/** The platform's own features: what `npm start` computes and what the benchmarks measure. */
export const platformFeatures = [
  userFeatures,
  subjectFeatures,
  authorFeatures,
  instrumentFeatures,
  tagFeatures,
  userTagFeatures,
  userAuthorFeatures,
  placeFeatures,
] as const;
