import { NisusError } from '../../base/error.ts';
import { printableText } from '../../base/printable-text.ts';

/** Kinds that a message has room for. */
const KINDS_SHOWN = 5;

/** Thrown when nothing is known of what kinds of event in a source mean. Code `EVENT_KIND_UNKNOWN`. */
export class EventKindUnknownError extends NisusError {
  constructor(kinds: readonly string[], actions: readonly string[], cause: unknown) {
    const shown = kinds.slice(0, KINDS_SHOWN).map((kind) => printableText(kind, 40));
    const more = kinds.length > KINDS_SHOWN ? ', …' : '';
    super(
      'EVENT_KIND_UNKNOWN',
      `No action is known for the kind${kinds.length > 1 ? 's' : ''} of event ${shown.join(', ')}${more}. Say what it means: --map ${shown[0]}=ACTION, with one of ${actions.join(', ')}; or keep other kinds only with --event.`,
      { fields: { kinds, actions }, cause },
    );
  }
}

/** Thrown when an option names an action that no row can become. Code `EVENT_ACTION_UNKNOWN`. */
export class EventActionUnknownError extends NisusError {
  constructor(option: string, action: string, actions: readonly string[]) {
    super('EVENT_ACTION_UNKNOWN', `${option} names the action "${printableText(action, 40)}". There is ${actions.join(', ')}.`, {
      fields: { option, action, actions },
    });
  }
}
