/** A text and what it is, as a class number. */
export interface Labelled {
  readonly text: string;
  readonly label: number;
}

/** Words of a text: Latin ones in lower case (and marked once more where they are in capitals), Chinese characters and pairs of them. */
function tokens(text: string): string[] {
  const latin = text.match(/[A-Za-z$’]{2,}|[\u{1F300}-\u{1FAFF}]/gu) ?? [];
  const chinese = Array.from(text.replace(/[^\u4e00-\u9fff]/g, ''));
  return [
    ...latin.map((word) => word.toLowerCase()),
    ...latin.filter((word) => word.length > 3 && word === word.toUpperCase()).map(() => 'CAPITALS'),
    ...chinese,
    ...chinese.slice(1).map((character, at) => chinese[at]! + character),
  ];
}

/** Multinomial naive Bayes with Laplace smoothing: about the plainest classifier there is. Gives the share of the tested that it gets right. */
export function naiveBayesAccuracy(trained: readonly Labelled[], tested: readonly Labelled[]): number {
  const classes = 1 + Math.max(...trained.map(({ label }) => label));
  const counts = new Map<string, Float64Array>();
  const totals = new Float64Array(classes);
  const priors = new Float64Array(classes);
  for (const { text, label } of trained) {
    priors[label]!++;
    for (const token of tokens(text)) {
      let count = counts.get(token);
      if (count === undefined) counts.set(token, (count = new Float64Array(classes)));
      count[label]!++;
      totals[label]!++;
    }
  }
  let right = 0;
  for (const { text, label } of tested) {
    const scores = Float64Array.from(priors, (count) => Math.log(count + 1));
    for (const token of new Set(tokens(text))) {
      const count = counts.get(token);
      if (count === undefined) continue;
      for (let at = 0; at < classes; at++) scores[at]! += Math.log((count[at]! + 0.2) / (totals[at]! + 0.2 * counts.size));
    }
    if (scores.indexOf(Math.max(...scores)) === label) right++;
  }
  return right / tested.length;
}
