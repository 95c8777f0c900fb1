/**
 * SIM: Pi et al., "Search-based User Interest Modeling with Lifelong Sequential Behavior Data for Click-Through Rate
 * Prediction", CIKM 2020 (arXiv 2006.05639).
 *
 * Two stages. A general search unit picks, for each candidate, K of up to 10,000 actions: hard search takes the latest that
 * share a category with it (`searchActions`, outside the graph), soft search the nearest in a learned space (`softSearch`,
 * inside). The exact search unit attends to these (`exactSearch`). Beside it stands an encoder of the latest actions, DIN in
 * the paper; the towers read both and the candidate.
 *
 * Cost follows candidates × K, the window and (soft) candidates × length: nothing grows with the square of a history.
 *
 * Departures: one linear layer joins long interest, short interest and candidate to the width that encoders have.
 */
import { linear } from '../../nn/linear.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { dropout } from '../../tensor/operators/flow.ts';
import { concatenate } from '../../tensor/operators/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { exactSearch, type ExactSearchConfig, type FoundActions } from './exact-search.ts';
import type { CandidateEncoder, EmbeddedRanking } from './ranking-inputs.ts';

/** Sizes of a SIM, beside those of its search and of the encoder of its window. */
export interface SimConfig extends ExactSearchConfig {
  /** Of long and short interest and candidate together; 0 when serving. */
  readonly dropout: number;
}

/**
 * Builds the encoder.
 *
 * @param window the latest actions and the candidates
 * @param encodeWindow encoder of the window, such as `din`
 * @param found what the search found for each candidate: `softSearch(…).found`, `hardSearchFound(…)`
 * @returns `[batch, candidates, dim]`
 */
export function sim(config: SimConfig, window: EmbeddedRanking, encodeWindow: CandidateEncoder, found: FoundActions): Tensor {
  const { candidates } = window;
  const short = inLayer('window', () => encodeWindow(window));
  const long = exactSearch(config, candidates, found);
  const joined = dropout(concatenate([long, short, candidates], 2), config.dropout);
  return linear('output', joined, candidates.shape[2] as number);
}
