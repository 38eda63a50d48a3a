import { grafanaSignature, verifyGrafana } from './grafana-signature';
import { readGrafanaWebhook } from './grafana-webhook';

describe('a notification of Grafana', () => {
  const alert = {
    status: 'firing',
    labels: { alertname: 'Latency', grafana_folder: 'shop' },
    annotations: { summary: 'slow', dashboard_url: 'https://own.example' },
    startsAt: '2026-01-31T10:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    values: { A: 0.93, B: null, C: 1 },
    valueString: '[ var=A value=0.93 ]',
    generatorURL: 'https://grafana.example/alerting/grafana/x/view',
    silenceURL: 'https://grafana.example/silence',
    dashboardURL: 'https://grafana.example/d/1',
    panelURL: '',
    fingerprint: 'f',
    orgId: 1,
  };
  const read = (change: object) =>
    readGrafanaWebhook(
      Buffer.from(
        JSON.stringify({
          version: '1',
          orgId: 1,
          status: 'firing',
          state: 'alerting',
          alerts: [{ ...alert, ...change }],
        }),
      ),
    );

  it('tells the numbers that fired, and links to what shows them', () => {
    expect(read({}).signals).toEqual([
      {
        labels: { alertname: 'Latency', grafana_folder: 'shop' },
        annotations: {
          summary: 'slow',
          // What a person wrote wins.
          dashboard_url: 'https://own.example',
          silence_url: 'https://grafana.example/silence',
          value_string: '[ var=A value=0.93 ]',
        },
        status: 'firing',
        startsAtMs: Date.parse('2026-01-31T10:00:00Z'),
        endsAtMs: null,
        generatorUrl: 'https://grafana.example/alerting/grafana/x/view',
        values: { A: 0.93, C: 1 },
      },
    ]);
  });

  it.each([[{ values: null }], [{ values: {} }], [{ values: { A: 'NaN' } }], [{ values: [1] }]])(
    'has no numbers where there are none: %j',
    (change) => {
      expect(read(change).signals[0].values).toBeNull();
    },
  );

  it('keeps the others where annotations of one are no texts', () => {
    expect(read({ annotations: { a: 1 } })).toEqual({
      signals: [],
      faults: ['alerts[0]: annotations.a must be a text'],
    });
  });
});

describe('the signature of a notification', () => {
  const body = Buffer.from('{"status":"firing"}');
  const plain = '043737fa7d4b65306416549b14537adb753ed11a55b3fb6f50fec5192bbd3851';
  const timed = 'a1af856abf490a75085cc50538aa285b686a81e04e3e20b5ccf95d66e0b6aa36';
  const timestamp = '1700000000';
  const now = 1_700_000_000_000;
  const verdict = (signature: string | undefined, time: string | undefined, nowMs = now, secret = 's3cret') =>
    verifyGrafana(secret, body, { signature, timestamp: time }, nowMs);

  it('is the one that Grafana makes', () => {
    expect(grafanaSignature('s3cret', body, null)).toBe(plain);
    expect(grafanaSignature('s3cret', body, timestamp)).toBe(timed);
  });

  it('holds, without a time and with one of the last five minutes or of clocks that differ', () => {
    expect(verdict(plain, undefined)).toBe('valid');
    for (const seconds of [-300, 0, 300])
      expect(verdict(timed, timestamp, now + seconds * 1_000)).toBe('valid');
  });

  it.each([
    ['missing', undefined, undefined, 'missing'],
    ['empty', '', undefined, 'missing'],
    ['of other bytes', plain.replace('0', '1'), undefined, 'wrong'],
    ['in capitals', plain.toUpperCase(), undefined, 'wrong'],
    ['shorter', plain.slice(0, 63), undefined, 'wrong'],
    ['longer', `${plain}0`, undefined, 'wrong'],
    ['over a time that is not sent', timed, undefined, 'wrong'],
    ['not over the time that is sent', plain, timestamp, 'wrong'],
    ['over another time', timed, '1700000001', 'wrong'],
    ['over no number', grafanaSignature('s3cret', body, 'now'), 'now', 'out-of-time'],
  ])('does not hold where it is %s', (_, signature, time, expected) => {
    expect(verdict(signature, time)).toBe(expected);
  });

  it('does not hold for another secret, nor before or after its time', () => {
    expect(verdict(plain, undefined, now, 'S3cret')).toBe('wrong');
    expect(verdict(timed, timestamp, now + 301_000)).toBe('out-of-time');
    expect(verdict(timed, timestamp, now - 301_000)).toBe('out-of-time');
  });
});
