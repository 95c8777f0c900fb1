import type { Event } from '../events/event.ts';
import { subjectKey } from '../events/subject-key.ts';
import type { TaskDeclaration } from './task-declaration.ts';
import { TOKEN_ACTIONS } from './token-actions.ts';

/** A token, as a person would write it down. */
export interface PlainToken {
  readonly action: string;
  readonly subject: string | null;
  readonly surface: string;
  readonly timeMs: number;
  readonly value: number;
  readonly query: string | null;
}

/** A place with what came of it. */
export interface PlainPlace {
  readonly subject: string;
  readonly position: number;
  readonly propensity: number;
  readonly seenMs: number;
  readonly knownMs: number;
}

/** A page. */
export interface PlainPage {
  readonly requestId: string;
  readonly user: string;
  readonly timeMs: number;
  readonly surface: string;
  readonly query: string | null;
  /** The tokens that it may see. */
  readonly history: readonly PlainToken[];
  readonly places: readonly PlainPlace[];
}

interface Known {
  readonly event: Event;
  readonly user: string;
  readonly happenedMs: number;
  readonly receivedMs: number;
  readonly place: number;
}

/** Events with their two moments: received never falls along the log, nothing happened after it was received. */
export function knownEvents(events: readonly Event[]): readonly Known[] {
  return events.map((event, place) => {
    const receivedMs = Math.max(...events.slice(0, place + 1).map((before) => before.receivedTimeMs));
    return { event, user: event.userId ?? '', happenedMs: Math.min(event.timeMs, receivedMs), receivedMs, place };
  });
}

const ofPeople = (events: readonly Event[]) => knownEvents(events).filter(({ event }) => event.userId !== null);

/** The tokens of each user, users in order of their first event that is not an impression without a request. */
export function oracleTokens(
  events: readonly Event[],
): ReadonlyMap<string, readonly { readonly token: PlainToken; readonly receivedMs: number }[]> {
  const counted = ofPeople(events).filter(({ event }) => event.action !== 'impression' || event.context.requestId !== null);
  return new Map(
    [...new Set(counted.map(({ user }) => user))].map((user) => {
      const own = counted
        .filter((known) => known.user === user && TOKEN_ACTIONS.includes(known.event.action))
        .toSorted((a, b) => a.receivedMs - b.receivedMs || a.happenedMs - b.happenedMs || a.place - b.place);
      return [
        user,
        own.map(({ event, receivedMs }, at) => ({
          receivedMs,
          token: {
            action: event.action,
            subject: event.subject === null ? null : subjectKey(event.subject),
            surface: event.context.surface ?? '',
            timeMs: Math.max(...own.slice(0, at + 1).map(({ happenedMs }) => happenedMs)),
            value: valueOf(event),
            query: event.query,
          },
        })),
      ];
    }),
  );
}

/** What an event's value is in its unit. */
function valueOf({ action, value }: Event): number {
  if (value === null) return NaN;
  if (action === 'dwell') return value / 1000;
  return ['order-placed', 'trade-filled', 'deposit', 'withdrawal'].includes(action) ? value / 100 : NaN;
}

/** The pages, in order. */
export function oraclePages(events: readonly Event[]): readonly PlainPage[] {
  const tokens = oracleTokens(events);
  const users = [...tokens.keys()];
  const withRequest = ofPeople(events).filter(({ event }) => event.context.requestId !== null);
  const nameOf = ({ user, event }: Known) => JSON.stringify([user, event.context.requestId]);
  const names = [...new Set(withRequest.map(nameOf))];
  return names
    .map((name) => withRequest.filter((known) => nameOf(known) === name))
    .filter((page) => page.some(({ event }) => event.action === 'impression'))
    .map((page): PlainPage => {
      const { user } = page[0]!;
      const timeMs = Math.min(...page.map(({ happenedMs }) => happenedMs));
      const impressions = page.filter(({ event }) => event.action === 'impression');
      const queries = page
        .filter(({ event }) => event.action === 'query' || event.action === 'refine')
        .toSorted((a, b) => a.happenedMs - b.happenedMs || a.place - b.place);
      return {
        requestId: page[0]!.event.context.requestId!,
        user,
        timeMs,
        surface: impressions[0]!.event.context.surface ?? '',
        query: queries[0]?.event.query ?? null,
        history: tokens.get(user)!.filter(({ receivedMs }) => receivedMs < timeMs).map(({ token }) => token), // prettier-ignore
        places: placesOf(impressions),
      };
    })
    .toSorted((a, b) => users.indexOf(a.user) - users.indexOf(b.user) || a.timeMs - b.timeMs);
}

function placesOf(impressions: readonly Known[]): readonly PlainPlace[] {
  const keyOf = ({ event }: Known) => subjectKey(event.subject!);
  const first = impressions.filter((known, at) => !impressions.slice(0, at).some((before) => keyOf(before) === keyOf(known)));
  const ordered = first.toSorted((a, b) => (a.event.context.position ?? Infinity) - (b.event.context.position ?? Infinity) || a.place - b.place); // prettier-ignore
  const places: PlainPlace[] = [];
  for (const known of ordered) {
    const { position, propensity } = known.event.context;
    places.push({
      subject: keyOf(known),
      position: position ?? (places.at(-1)?.position ?? -1) + 1,
      propensity: propensity ?? NaN,
      seenMs: known.happenedMs,
      knownMs: known.receivedMs,
    });
  }
  return places;
}

/**
 * Delays of a task, a place after the other. An outcome is tied to its page by request, subject and user; nothing else is asked but
 * when it happened.
 */
export function oracleDelays(events: readonly Event[], task: TaskDeclaration): readonly number[] {
  const people = ofPeople(events);
  const subjects = new Map(events.flatMap(({ subject }) => (subject === null ? [] : [[subjectKey(subject), subject]])));
  return oraclePages(events).flatMap((page) =>
    page.places.map(({ subject: key, seenMs }) => {
      const subject = subjects.get(key)!;
      const candidates = people.filter(
        ({ user, event }) =>
          user === page.user &&
          (task.actions as readonly string[]).includes(event.action) &&
          (task.kind === 'return' || task.leastValue === undefined || valueOf(event) >= task.leastValue),
      );
      const knownAfter = (fromMs: number, toMs: number, counts: (event: Event) => boolean) =>
        Math.min(
          ...candidates
            .filter(({ event, happenedMs }) => counts(event) && happenedMs >= seenMs + fromMs && happenedMs <= seenMs + toMs)
            .map(({ receivedMs }) => receivedMs - seenMs),
          Infinity,
        );
      if (task.kind === 'return') return knownAfter(task.fromMs, task.toMs, () => true);
      if (task.kind === 'response') {
        if (task.subjectKinds !== undefined && !task.subjectKinds.includes(subject.kind)) return NaN;
        return knownAfter(0, task.windowMs, (event) => event.context.requestId === page.requestId && event.subject !== null && subjectKey(event.subject) === key); // prettier-ignore
      }
      const anything = task.anyTargetFor.some(({ subjectKind, tag }) => subject.kind === subjectKind && subject.tags.includes(tag));
      if (anything) return knownAfter(1, task.windowMs, () => true);
      const targets = [key, ...subject.instruments.map((id) => `instrument:${id}`)].filter((name) =>
        task.targetKinds.some((kind) => name.startsWith(`${kind}:`)),
      );
      if (targets.length === 0) return NaN;
      return knownAfter(1, task.windowMs, (event) => event.subject !== null && targets.includes(subjectKey(event.subject)));
    }),
  );
}
