import type { Naming } from '../metrics/labels';
import { checkSeries, SeriesIdentity } from '../metrics/labels';
import { InvalidLabels } from '../metrics/metrics.errors';
import { bytesTag, fieldSet, ProtobufReader } from './protobuf-reader';

/** `repeated Label labels = 1` of a series, and `Label { string name = 1; string value = 2; }`. */
export const LABELS = bytesTag(1);
const NAME = bytesTag(1);
const VALUE = bytesTag(2);
const LABEL_FIELDS = fieldSet(1, 2);

/** Enough for every series that can be accepted, and few enough to stop early at one that cannot. */
const MAX_PAIRS = 64;

/**
 * Reads and checks a series' labels from the bytes of its label fields, as remote write 1.0 sends them, in a latin1 string: a series'
 * key in both versions. As an error would name the series by what is wrong with it, the metric's name is looked for first.
 * Throws  InvalidLabels where a name is missing or twice, out of order, or breaks a rule of ours; InvalidWireBody where bytes are broken.
 */
export function readLabelBytes(key: string, naming: Naming): SeriesIdentity {
  const pairs = readPairs(key);
  const name = pairs.find(([label]) => label === '__name__')?.[1] ?? '';
  if (name === '')
    throw new InvalidLabels('a series has no metric name: its label __name__ is missing or empty');
  for (let i = 1; i < pairs.length; i++) {
    const [previous, label] = [pairs[i - 1][0], pairs[i][0]];
    if (label === previous) throw new InvalidLabels(`a series of ${name} has the label ${label} twice`);
    if (!isBefore(previous, label))
      throw new InvalidLabels(`a series of ${name} has its labels out of order: ${previous} before ${label}`);
  }
  const labels = pairs.filter(([label]) => label !== '__name__');
  return checkSeries(name, Object.fromEntries(labels), naming);
}

function readPairs(key: string): [string, string][] {
  const reader = new ProtobufReader(Buffer.from(key, 'latin1'));
  const pairs: [string, string][] = [];
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag !== LABELS) {
      reader.skip(tag, LABEL_FIELDS);
      continue;
    }
    const outer = reader.enter();
    let name = '';
    let value = '';
    while (reader.position < reader.end) {
      const field = reader.tag();
      if (field === NAME) name = reader.text();
      else if (field === VALUE) value = reader.text();
      else reader.skip(field, LABEL_FIELDS);
    }
    reader.leave(outer);
    if (pairs.push([name, value]) > MAX_PAIRS)
      throw new InvalidLabels(`a series has more than ${MAX_PAIRS} labels; at most 30 are accepted`);
  }
  return pairs;
}

/** The order of UTF-8 bytes, as senders sort; that of code units differs past U+FFFF. */
function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}
