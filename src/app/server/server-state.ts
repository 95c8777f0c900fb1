import { NisusError } from '../../base/error.ts';
import type { RecommendationService } from './recommendation-service.ts';

/** Thrown when a request needs the model and it is not there (yet, or any more). */
export class NotReadyError extends NisusError {
  constructor(phase: ServerPhase) {
    super(phase === 'draining' ? 'DRAINING' : 'NOT_READY', reasons[phase], { fields: { phase } });
  }
}

/** `loading` → `ready` → `draining`; `failed` where the model could not be loaded. */
export type ServerPhase = 'loading' | 'ready' | 'draining' | 'failed';

const reasons: Record<ServerPhase, string> = {
  loading: 'the model is still being loaded; try again in a second',
  ready: 'the model is ready',
  draining: 'this server is shutting down; send the request to another one',
  failed: 'the model could not be loaded; the log of the server says why',
};

/** What the routes of one server share. */
export interface ServerState {
  phase: ServerPhase;
  /** Set from the phase `ready` on. */
  service: RecommendationService | undefined;
  requestsInFlight: number;
}

/**
 * The service of a server that is ready.
 *
 * @throws NotReadyError in every other phase
 */
export function readyService(state: ServerState): RecommendationService {
  if (state.phase !== 'ready' || state.service === undefined) throw new NotReadyError(state.phase);
  return state.service;
}
