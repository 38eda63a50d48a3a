import { Metrics } from './metrics';

describe('the metrics', () => {
  it('leave out a gauge that cannot be read, rather than say zero', async () => {
    const metrics = new Metrics();
    let reading: number | null = 7;
    metrics.gauge('queue_length', 'How many wait', [], (gauge) => {
      if (reading === null) throw new Error('nobody knows');
      gauge.set(reading);
    });
    expect(await metrics.registry.metrics()).toMatch(/^queue_length 7$/m);
    reading = null;
    const page = await metrics.registry.metrics();
    expect(page).toMatch(/^# TYPE queue_length gauge$/m);
    expect(page).not.toMatch(/^queue_length \d/m);
    reading = 0;
    expect(await metrics.registry.metrics()).toMatch(/^queue_length 0$/m);
  });

  it('leave out every value of a gauge with labels that cannot be read', async () => {
    const metrics = new Metrics();
    let isKnown = true;
    metrics.gauge('connections', 'By state', ['state'], (gauge) => {
      if (!isKnown) throw new Error('nobody knows');
      gauge.set({ state: 'idle' }, 3);
    });
    expect(await metrics.registry.metrics()).toContain('connections{state="idle"} 3');
    isKnown = false;
    expect(await metrics.registry.metrics()).not.toContain('connections{');
  });

  it('show a counter at zero for each value of its label before anything is counted', async () => {
    const metrics = new Metrics();
    const refusals = metrics.counter('refusals_total', 'By tier', { name: 'tier', values: ['low', 'high'] });
    refusals.inc({ tier: 'high' });
    const page = await metrics.registry.metrics();
    expect(page).toContain('refusals_total{tier="low"} 0');
    expect(page).toContain('refusals_total{tier="high"} 1');
  });
});
