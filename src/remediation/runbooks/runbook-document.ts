import { createHash } from 'node:crypto';

import { DomainError } from '../../common/errors/domain-error';
import { refuseHostileInput } from '../../common/http/hostile-json';
import { isMissing } from '../../common/validation/fields';
import { InvalidRunbook } from './runbook.errors';
import { readDefinition, type RunbookDefinition } from './runbook-definition';
import { MAX_SOURCE_BYTES, readYaml } from './runbook-source';

export type SourceFormat = 'json' | 'yaml';

/** A runbook as it was sent: its text, and what it says. */
export interface RunbookDocument {
  readonly definition: RunbookDefinition;
  readonly source: string;
  readonly format: SourceFormat;
  /** Of the text, as hexadecimal. */
  readonly sha256: string;
}

/**
 * The runbook in what a caller sent: either an object or a text in YAML.
 * Throws  InvalidRunbook with every rule that it breaks.
 */
export function readDocument(sent: {
  readonly definition?: object;
  readonly source?: string;
}): RunbookDocument {
  const { format, source, value } = readText(sent);
  const reading = readDefinition(value);
  if ('errors' in reading) throw new InvalidRunbook(reading.errors.slice(0, 100));
  return {
    definition: reading.definition,
    source,
    format,
    sha256: createHash('sha256').update(source).digest('hex'),
  };
}

function readText({ definition, source }: { readonly definition?: object; readonly source?: string }): {
  format: SourceFormat;
  source: string;
  value: unknown;
} {
  if ((definition === undefined) === isMissing(source))
    throw refusal('definition', 'Give either definition or source');
  if (source === undefined || source === '') {
    const text = JSON.stringify(definition);
    if (Buffer.byteLength(text) > MAX_SOURCE_BYTES)
      throw refusal('definition', `definition must be at most ${MAX_SOURCE_BYTES} bytes`);
    return { format: 'json', source: text, value: definition };
  }
  const reading = readYaml(source);
  if ('problem' in reading) throw refusal('source', reading.problem);
  try {
    // What JSON must not bring in, YAML must not either.
    refuseHostileInput(reading.value);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw refusal('source', `source: ${error.message}`);
  }
  return { format: 'yaml', source, value: reading.value };
}

function refusal(field: string, message: string): InvalidRunbook {
  return new InvalidRunbook([{ field, message }]);
}
