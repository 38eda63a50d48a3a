import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { BenchResult } from '../bench/speed/bench-result';
import { withSpeedTable } from '../bench/speed/speed-docs';

const ROOT = join(__dirname, '..', '..');

describe('the figures of speed', () => {
  it('are in the README what the saved result says (npm run docs:bench writes them)', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const saved = JSON.parse(
      readFileSync(join(ROOT, 'test', 'bench', 'results', 'speed.json'), 'utf8'),
    ) as BenchResult;
    expect(readme).toBe(withSpeedTable(readme, saved));
  });
});
