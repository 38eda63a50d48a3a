import { FieldError, InvalidInput } from '../../common/errors/domain-error';
import { Sample } from '../telemetry.types';
import type { Labels } from './labels';
import { LiveWindow, liveWindow, windowBreach } from './live-window';
import { parseSampleTime } from './sample-time';

const MAX_ERRORS = 20;

/**
 * The samples of a JSON body, all or none.
 * Throws  InvalidInput naming each broken sample by its place (20 at most).
 */
export function readSamples(items: readonly unknown[], nowMs: number): Sample[] {
  const errors: FieldError[] = [];
  const samples: Sample[] = [];
  const window = liveWindow(nowMs);
  for (let index = 0; index < items.length && errors.length < MAX_ERRORS; index += 1) {
    try {
      samples.push(readSample(items[index], nowMs, window));
    } catch (error) {
      errors.push({ field: `samples[${index}]`, message: (error as Error).message });
    }
  }
  if (errors.length > 0) throw new InvalidInput(`${errors[0].field}: ${errors[0].message}`, errors);
  return samples;
}

function readSample(item: unknown, nowMs: number, window: LiveWindow): Sample {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw new InvalidInput('a sample must be an object');
  const { name, labels = {}, value, timestamp, type = 'gauge' } = item as Record<string, unknown>;
  if (name === undefined || name === null || name === '')
    throw new InvalidInput('Missing required field: name');
  if (value === undefined || value === null) throw new InvalidInput('Missing required field: value');
  if (typeof name !== 'string') throw new InvalidInput('name must be a string');
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new InvalidInput('value must be a finite number');
  if (type !== 'gauge' && type !== 'counter')
    throw new InvalidInput('Invalid type. Must be one of: gauge, counter');
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels))
    throw new InvalidInput('labels must be an object');
  const timeMs = timestamp === undefined || timestamp === null ? nowMs : parseSampleTime(timestamp);
  const breach = windowBreach(timeMs, window);
  if (breach !== null) throw new InvalidInput(breach);
  return { name, labels: labels as Record<string, unknown>, value, timeMs, type, behaviour: type };
}

/**
 * Labels written as `name:value` pairs, comma-separated; a value may hold colons.
 * Throws  InvalidInput where a pair has no name.
 * @example readLabelPairs('host:web-1,url:http://a') // { host: 'web-1', url: 'http://a' }
 */
export function readLabelPairs(text: string | undefined): Labels {
  const pairs = (text ?? '').split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const colon = pair.indexOf(':');
      if (colon < 1) throw new InvalidInput('labels must be name:value pairs, separated by commas');
      return [pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()];
    }),
  );
}
