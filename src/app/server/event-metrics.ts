import { Counter, Histogram } from '@prometheus-io/client';
import type { Registry } from '@prometheus-io/client';
import { latencySeconds } from './server-metrics.ts';
import type { EventObserver } from './event-intake.ts';

/** Counts of events taken in and turned away. Labels hold domains and reasons that the program names, nothing a client sent. */
export function createEventMetrics(registry: Registry): EventObserver {
  const registers = [registry];
  const accepted = new Counter({
    name: 'nisus_events_accepted_total',
    help: 'Events stored, by domain of their action.',
    labelNames: ['domain'] as const,
    registers,
  });
  const rejected = new Counter({
    name: 'nisus_events_rejected_total',
    help: 'Events turned away: duplicate, too-late, in-future, or what made them invalid.',
    labelNames: ['reason'] as const,
    registers,
  });
  const unknownUsers = new Counter({
    name: 'nisus_events_unknown_user_total',
    help: 'Events stored of users that the catalog does not know.',
    registers,
  });
  const appendSeconds = new Histogram({
    name: 'nisus_event_append_duration_seconds',
    help: 'From a batch handed to the event log to its acknowledgement.',
    labelNames: ['result'] as const,
    buckets: latencySeconds,
    registers,
  });
  return {
    observeAccepted: (domain, events) => accepted.inc({ domain }, events),
    observeRejected: (reason, events) => rejected.inc({ reason }, events),
    observeUnknownUsers: (events) => unknownUsers.inc(events),
    observeAppend: (durationMs, failed) => appendSeconds.observe({ result: failed ? 'failed' : 'ok' }, durationMs / 1000),
  };
}
