import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { LabelledClasses } from '../../src/measure/calibration/labelled-classes.ts';

/** Reads `label,p0,p1,…` rows under such a header, gzip. */
export function readClassProbabilities(file: string): LabelledClasses {
  const [header, ...rows] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const classes = header!.split(',').length - 1;
  const scores = new Float64Array(rows.length * classes);
  const labels = new Int32Array(rows.length);
  for (const [row, line] of rows.entries()) {
    const [label, ...values] = line.split(',').map(Number);
    if (values.length !== classes)
      throw new Error(`${file}: row ${row + 1} has ${values.length} probabilities, its header names ${classes}`);
    labels[row] = label!;
    scores.set(values, row * classes);
  }
  return { scores, classes, input: 'probability', labels };
}

/** The rows at the given places. */
export function takeRows({ scores, classes, input, labels }: LabelledClasses, places: Int32Array): LabelledClasses {
  const taken = new Float64Array(places.length * classes);
  for (const [row, place] of places.entries()) taken.set(scores.subarray(place * classes, (place + 1) * classes), row * classes);
  return { scores: taken, classes, input, labels: Int32Array.from(places, (place) => labels[place]!) };
}
