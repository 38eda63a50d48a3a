import { NotificationBench } from '../support/notification-bench';
import { eventually } from '../support/test-app';

const ON_CALL = { events: ['incident_opened', 'incident_resolved', 'anomaly_detected'] };

describe('notifications of incidents', () => {
  let bench: NotificationBench;

  beforeAll(async () => {
    bench = await NotificationBench.start({ PUBLIC_URL: 'https://ops.example.org' });
  }, 60_000);
  afterAll(() => bench.stop());
  beforeEach(() => bench.openReceiver());
  afterEach(() => bench.closeReceiver());

  const toldOf = (type: string, incidentId: number) =>
    bench.told(type).filter(({ data }) => data.incident_id === incidentId);
  const resolve = (id: number) => bench.one.post(`/api/incidents/${id}/resolve`, {});

  it('tell of the incident and its end once, and not of its anomalies as well', async () => {
    await bench.add(ON_CALL);
    await bench.fire({ alertname: 'Down', service: 'once' }, { alertname: 'Slow', service: 'once' });
    const { id } = await bench.incidentOf('once', (incident) => incident?.anomaly_count === 2);
    await eventually(() => toldOf('incident_opened', id).length === 1);
    expect(toldOf('incident_opened', id)[0].data).toMatchObject({
      severity: 'medium',
      labels: { service: 'once' },
      is_reopened: false,
      url: `https://ops.example.org/api/incidents/${id}`,
    });
    await resolve(id);
    await eventually(() => toldOf('incident_resolved', id).length === 1);
    expect(toldOf('incident_resolved', id)[0].data).toMatchObject({
      resolved_by: 'admin',
      merged_into: null,
    });
    await bench.settled();
    expect(bench.told()).toHaveLength(2);
  }, 60_000);

  it('tell of an anomaly that belongs to none', async () => {
    await bench.add(ON_CALL);
    const id = await bench.report();
    await eventually(() => bench.told('anomaly_detected').length === 1);
    expect(bench.told('anomaly_detected')[0].data).toMatchObject({ anomaly_id: id, incident_id: null });
  }, 30_000);

  it('tell of each anomaly where nobody asks for incidents', async () => {
    await bench.add({ events: ['anomaly_detected'] });
    await bench.fire({ alertname: 'Down', service: 'each' }, { alertname: 'Slow', service: 'each' });
    await eventually(() => bench.told('anomaly_detected').length === 2);
  }, 30_000);

  it('tell again of one that opens again', async () => {
    await bench.add(ON_CALL);
    await bench.fire({ alertname: 'Down', service: 'again' });
    const { id } = await bench.incidentOf('again');
    await eventually(() => toldOf('incident_opened', id).length === 1);
    await resolve(id);
    await eventually(() => toldOf('incident_resolved', id).length === 1);
    await bench.fire({ alertname: 'Slow', service: 'again' });
    await eventually(() => toldOf('incident_opened', id).length === 2);
    expect(toldOf('incident_opened', id)[1].data.is_reopened).toBe(true);
    await resolve(id);
    await eventually(() => toldOf('incident_resolved', id).length === 2);
  }, 60_000);

  it('tell again of one that gets worse, also to whom it was not severe enough before', async () => {
    await bench.add(ON_CALL);
    const severe = await bench.add({ ...ON_CALL, minimum_severity: 'critical' });
    await bench.fire({ alertname: 'Slow', service: 'worse' });
    const { id } = await bench.incidentOf('worse');
    await eventually(() => toldOf('incident_opened', id).length === 1);
    await bench.fire({ alertname: 'Down', service: 'worse', severity: 'critical' });
    await eventually(() => toldOf('incident_opened', id).length === 3);
    await bench.fire({ alertname: 'Odd', service: 'worse' });
    await bench.incidentOf('worse', ({ anomaly_count }) => anomaly_count === 3);
    await bench.settled();
    expect(
      toldOf('incident_opened', id)
        .map(({ data }) => [data.severity, data.is_escalated])
        .sort(),
    ).toEqual([
      ['critical', false],
      ['critical', true],
      ['medium', false],
    ]);
    const ofIncidents = (await bench.deliveriesOf(severe)).filter(({ type }) => type === 'incident_opened');
    expect(ofIncidents).toHaveLength(1);
  }, 60_000);

  it('tell the end to nobody who was not told the beginning', async () => {
    const severe = await bench.add({ ...ON_CALL, minimum_severity: 'critical' });
    const all = await bench.add(ON_CALL);
    await bench.fire({ alertname: 'Slow', service: 'unheard' });
    const { id } = await bench.incidentOf('unheard');
    await eventually(() => toldOf('incident_opened', id).length === 1);
    await resolve(id);
    await eventually(async () => (await bench.deliveriesOf(all)).length === 2);
    expect(await bench.deliveriesOf(severe)).toEqual([]);
  }, 60_000);

  it('keep quiet of one all of whose anomalies are quiet, and tell of it once one is not', async () => {
    await bench.add(ON_CALL);
    const { body } = await bench.one.post('/api/inhibition-rules', {
      name: 'Node down',
      source_matchers: ['alertname=NodeDown'],
      target_matchers: ['tier=app'],
      equal: ['node'],
    });
    await bench.fire({ alertname: 'NodeDown', service: 'node', node: 'a' });
    const cause = await bench.incidentOf('node');
    await bench.fire({ alertname: 'AppSlow', service: 'hidden', node: 'a', tier: 'app' });
    const symptom = await bench.incidentOf('hidden');
    await eventually(() => toldOf('incident_opened', cause.id).length === 1);
    await bench.settled();
    expect(toldOf('incident_opened', symptom.id)).toEqual([]);
    await resolve(cause.id);
    await eventually(() => toldOf('incident_opened', symptom.id).length === 1);
    await bench.one.delete(`/api/inhibition-rules/${body.data.rule.id}`);
  }, 60_000);

  it('say of one that turned out to be part of another where it went', async () => {
    await bench.add(ON_CALL);
    await bench.fire({ alertname: 'Slow', service: 'mergeddb' });
    const into = await bench.incidentOf('mergeddb');
    await bench.fire({ alertname: 'Slow', service: 'mergedweb' });
    const from = await bench.incidentOf('mergedweb');
    await eventually(() => bench.told('incident_opened').length === 2);
    await bench.one.put('/api/topology', { dependencies: { mergedweb: ['mergeddb'] } });
    await bench.fire({ alertname: 'Down', service: 'mergedweb' });
    await eventually(() => toldOf('incident_resolved', from.id).length === 1);
    expect(toldOf('incident_resolved', from.id)[0].data.merged_into).toBe(into.id);
    expect(bench.told('incident_opened')).toHaveLength(2);
    await bench.one.put('/api/topology', { dependencies: {} });
  }, 60_000);

  it('are not set up for ends alone', async () => {
    await expect(bench.add({ events: ['incident_resolved'] })).rejects.toThrow('incident_opened as well');
  });
});
