import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { entryOf } from '../policy/catalogue';
import { render } from './render';
import { readDocument } from './runbook-document';

const FOLDER = join(__dirname, '..', '..', '..', 'deploy', 'runbooks');

describe('the runbooks that are shipped as examples', () => {
  it.each(readdirSync(FOLDER))('%s can be saved as it stands, and is filled in for an anomaly', (file) => {
    const { definition, format } = readDocument({ source: readFileSync(join(FOLDER, file), 'utf8') });
    expect(format).toBe('yaml');
    const steps = render(definition, {
      anomaly: { id: 7, severity: 'high', labels: {} },
      parameters: {},
      targetName: 'checkout',
    });
    expect(steps).toHaveLength(definition.steps.length);
    for (const step of steps) expect(entryOf(step.action)).toBeDefined();
    expect(JSON.stringify(steps)).not.toContain('{{');
  });
});
