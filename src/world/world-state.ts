import type { EventSubject } from '../data/events/event.ts';
import type { Campaigns } from './content/campaigns.ts';
import type { Posts } from './content/posts.ts';
import type { Publisher } from './content/publish.ts';
import type { Markets } from './markets/markets.ts';
import type { Authors } from './population/authors.ts';
import type { People } from './population/people.ts';
import type { Agenda } from './stream/agenda.ts';
import type { Calendar } from './stream/calendar.ts';
import type { Journal } from './stream/journal.ts';
import type { Outbox } from './stream/outbox.ts';
import type { Decisions } from './behaviour/decisions.ts';
import type { Visits } from './visits.ts';
import type { WorldSettings } from './world-settings.ts';

/** Everything a world is. One record, handed to the functions of `behaviour/`; nobody outside the wing sees it but through `truth/`. */
export interface WorldState {
  readonly settings: WorldSettings;
  readonly seed: number | string;
  /** What all ids of events, visits and requests begin with. */
  readonly prefix: string;
  readonly people: People;
  readonly visits: Visits;
  readonly authors: Authors;
  readonly posts: Posts;
  readonly markets: Markets;
  readonly publisher: Publisher;
  readonly campaigns: Campaigns;
  readonly calendar: Calendar;
  readonly agenda: Agenda;
  readonly outbox: Outbox;
  readonly journal: Journal;
  readonly decisions: Decisions;
  readonly subjects: FixedSubjects;
  /** Last price of the contract that stood in an instrument's place before the present one. */
  readonly settlements: Float64Array;
  /** Volatility beside its usual level in this tick, by spot instrument; the market's at the end. */
  readonly heats: Float64Array;
  readonly counts: WorldCounts;
  /** The next tick to run: its start is `tick × tickMs`. */
  tick: number;
}

/** Features and instruments as subjects of events, by index. */
export interface FixedSubjects {
  readonly features: readonly EventSubject[];
  /** Changes where an expired contract gives its place to the next. */
  readonly instruments: EventSubject[];
  /** Index of an instrument by its id. */
  readonly instrumentIndex: Map<string, number>;
  /** For a spot instrument, the index of its instrument of each kind (in order of INSTRUMENT_KINDS), or -1. */
  readonly derived: readonly (readonly number[])[];
}

/** Running totals, for the curious. */
export interface WorldCounts {
  visits: number;
  pages: number;
  trades: number;
  /** Items on pages that this world does not know or that retired meanwhile; nobody saw them. */
  unknownItems: number;
}
