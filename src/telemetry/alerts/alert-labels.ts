import type { Labels } from '../metrics/labels';
import { InvalidAlert } from './alert.errors';

/** As for series: senders cannot make one alert arbitrarily large. */
const MAX_LABELS = 30;
const MAX_NAME_LENGTH = 256;
const MAX_LABEL_VALUE_BYTES = 2_048;
/** Annotations are prose: runbooks, and lines of logs. */
const MAX_ANNOTATIONS = 64;
const MAX_ANNOTATION_BYTES = 65_536;

/**
 * The labels of an alert, which are its identity, or a refusal: nothing that passes can fail in Postgres or change on the way back.
 * Shape   Any text is a name, as Prometheus 3 has it. Returns them without the empty values, of which at least one label must be left.
 * Throws  InvalidAlert, naming the first rule broken.
 * @example checkAlertLabels({ alertname: 'Down', zone: '' }) // { alertname: 'Down' }
 */
export function checkAlertLabels(labels: Readonly<Record<string, unknown>>): Labels {
  const kept = checkTexts('label', labels, MAX_LABELS, MAX_LABEL_VALUE_BYTES);
  if (Object.keys(kept).length === 0)
    throw new InvalidAlert('at least one label pair required: an alert is told from others by its labels');
  return kept;
}

/** What is said about an alert beside its labels, under the same rules but longer. Throws  InvalidAlert. */
export function checkAnnotations(annotations: Readonly<Record<string, unknown>>): Labels {
  return checkTexts('annotation', annotations, MAX_ANNOTATIONS, MAX_ANNOTATION_BYTES);
}

function checkTexts(
  what: 'label' | 'annotation',
  texts: Readonly<Record<string, unknown>>,
  maxCount: number,
  maxBytes: number,
): Labels {
  const kept: [string, string][] = [];
  for (const [name, value] of Object.entries(texts)) {
    checkName(what, name);
    if (typeof value !== 'string')
      throw new InvalidAlert(
        `${what} ${quote(name)} must be a string, not ${value === null ? 'null' : typeof value}`,
      );
    if (value === '') continue;
    if (value.length > maxBytes || Buffer.byteLength(value) > maxBytes)
      throw new InvalidAlert(`${what} ${quote(name)} is longer than ${maxBytes} bytes of UTF-8`);
    if (!isStorable(value))
      throw new InvalidAlert(`${what} ${quote(name)} must be well-formed Unicode without NUL characters`);
    kept.push([name, value]);
    if (kept.length > maxCount) throw new InvalidAlert(`an alert has at most ${maxCount} ${what}s`);
  }
  return Object.fromEntries(kept);
}

function checkName(what: string, name: string): void {
  // A careless copy of the labels later would lose it or change a prototype.
  if (name === '__proto__')
    throw new InvalidAlert(`${what} __proto__ is not accepted; it is a reserved word`);
  if (name === '' || name.length > MAX_NAME_LENGTH || !isStorable(name))
    throw new InvalidAlert(
      `${what} name ${quote(name)} is not accepted; a name is 1 to ${MAX_NAME_LENGTH} characters of well-formed Unicode without NUL`,
    );
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}
