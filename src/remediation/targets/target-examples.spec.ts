import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isJsonObject, JsonObject } from '../execution/json';
import { readScriptManifest } from '../execution/script-manifest';
import { TARGET_KINDS, type TargetKind } from './target-kind';
import { destinationsOf } from './target-rules';

/** The examples of the documentation; a certificate or digest in them is not one that anybody has. */
const EXAMPLES = [
  ...readFileSync(join(__dirname, '../../../docs/TARGETS.md'), 'utf8').matchAll(/```json\n(.*?)```/gs),
]
  .map(([, text]) =>
    text.replace(/ "ca": "[^"]*",/, '').replace('"sha256": "…"', `"sha256": "${'a'.repeat(64)}"`),
  )
  .map((text) => JSON.parse(text) as JsonObject);

describe('the examples of targets in the documentation', () => {
  const targets = EXAMPLES.filter(({ kind }) => kind !== undefined);

  it('are one of each kind', () => expect(targets.map(({ kind }) => kind)).toEqual(TARGET_KINDS));

  it.each(targets.map(({ name, kind, settings }) => [name, kind, settings]))(
    '%s: its settings are accepted',
    (_, kind, settings) => {
      expect(isJsonObject(settings)).toBe(true);
      expect(() => destinationsOf(kind as TargetKind, settings as JsonObject)).not.toThrow();
    },
  );

  it('have a manifest of scripts that can be read', () => {
    const [manifest] = EXAMPLES.filter(({ scripts }) => scripts !== undefined);
    expect([...readScriptManifest(JSON.stringify(manifest)).keys()]).toEqual(['clean-tmp']);
  });
});
