/** Which items a target is ranked among. */
export type CandidateSet =
  | { readonly kind: 'all' }
  | { readonly kind: 'sampled'; readonly by: 'uniform' | 'popularity'; readonly negatives: number };

/** All that were there at a case's moment (see `actions/subject-lives.ts`), or those of them that `among` names. */
export interface AliveCandidateSet {
  readonly kind: 'alive';
  readonly among: string;
  /** Mean over cases, the target included. */
  readonly meanCount: number;
}

/** Everything that a figure depends on besides the data and the ranker. Results of different protocols do not compare. */
export interface EvaluationProtocol {
  /** What was cut and how. */
  readonly split: string;
  readonly candidates: CandidateSet | AliveCandidateSet;
  /** Whether a user's earlier items are candidates too; the target is one in any case. */
  readonly seenItems: 'left out' | 'kept';
  /** Only so many of the latest items of a history reach the ranker; null for all. */
  readonly historyLengthMax: number | null;
  readonly users: number;
  readonly cases: number;
  readonly seed: number;
  /** How intervals were drawn; null where there are none. */
  readonly bootstrap: { readonly resamples: number; readonly confidence: number } | null;
}

/** One part of the protocol in words. */
export interface ProtocolLine {
  readonly label: string;
  readonly text: string;
}

/** The protocol in words, as every report prints it. */
export function describeProtocol(protocol: EvaluationProtocol): ProtocolLine[] {
  const { candidates, bootstrap } = protocol;
  return [
    { label: 'split', text: protocol.split },
    {
      label: 'candidates',
      text:
        candidates.kind === 'all'
          ? 'all items (full ranking)'
          : candidates.kind === 'alive'
            ? `full ranking among ${candidates.among} that were there at the moment: from when each came to be until a day after it was last shown or acted on; ${candidates.meanCount.toFixed(0)} on average`
            : `the target and ${candidates.negatives} sampled negatives (${
                candidates.by === 'uniform' ? 'uniform' : 'by popularity'
              }, without replacement): not comparable with full ranking`,
    },
    {
      label: 'seen items',
      text:
        protocol.seenItems === 'left out'
          ? 'left out, over the whole history; a target seen before stays a candidate'
          : 'kept as candidates',
    },
    {
      label: 'history',
      text: protocol.historyLengthMax === null ? 'whole' : `the latest ${protocol.historyLengthMax} items`,
    },
    { label: 'ties', text: 'pessimistic: every candidate that scores as high as the target ranks before it' },
    { label: 'invalid scores', text: 'NaN and +Infinity sink below all others and are counted' },
    { label: 'counted', text: `${protocol.users} users, ${protocol.cases} cases; metrics are means over cases` },
    { label: 'seed', text: `${protocol.seed}` },
    {
      label: 'intervals',
      text:
        bootstrap === null
          ? 'none'
          : `${Number((100 * bootstrap.confidence).toFixed(4))} % percentile bootstrap, ${bootstrap.resamples} resamples over users; coverage and Gini centred on the estimate`,
    },
  ];
}
