import { anomalyClassOf } from '../../src/anomaly/anomaly.types';
import { AnomalyCourses } from '../../src/anomaly/anomaly-courses.service';
import { SelfRecovery } from '../../src/remediation/learning/self-recovery.service';
import { addPastAnomalies, PastAnomaly, RECOVERED } from '../support/past-anomalies';
import { TestApp } from '../support/test-app';

const DAY = 86_400;

describe('how trouble goes by itself', () => {
  let server: TestApp;
  beforeAll(async () => (server = await TestApp.start({ NODE_ROLE: 'api' })));
  afterAll(() => server.stop());

  const add = (...anomalies: PastAnomaly[]) => addPastAnomalies(server.database, anomalies);
  const courses = async (anomalyClass: string) =>
    (await server.app.get(AnomalyCourses, { strict: false }).listOf([anomalyClass])).get(anomalyClass);
  /** How each went, and for how many seconds, the first that was made first. */
  const told = async (anomalyClass: string) =>
    (await courses(anomalyClass))!
      .toSorted((one, other) => one.id - other.id)
      .map(({ how, openedAt, until }) => [how, Math.round((until.getTime() - openedAt.getTime()) / 1_000)]);
  const selfRecovery = () => server.app.get(SelfRecovery, { strict: false });
  const recovered = (alertname: string, seconds: number): PastAnomaly => ({
    alertname,
    openedAgo: DAY,
    then: [{ event: 'resolved', ago: DAY - seconds, resolution: RECOVERED }],
  });
  /** An action on an anomaly, first claimed so many seconds ago. */
  const claim = (anomalyId: number, ago: number) =>
    server.database.query(
      `INSERT INTO remediation_actions (anomaly_id, action_type, action_name, description, risk, plan_hash, approvals_required, requested_by_kind,
         requested_by, expires_at, first_claimed_at)
       VALUES ($1, 'restart_service', 'r', 'd', 'low', 'x', 1, 'user', 'u', now(), now() - make_interval(secs => $2))`,
      [anomalyId, ago],
    );

  it('is told of each anomaly of a class, from its opening to the first end after it', async () => {
    await add(
      recovered('Ends', 300),
      {
        alertname: 'Ends',
        openedAgo: 1_000,
        then: [{ event: 'resolved', ago: 600, resolution: 'Nobody told of the alert again' }],
      },
      {
        alertname: 'Ends',
        openedAgo: 1_000,
        then: [{ event: 'resolved', ago: 500, by: 'user', resolution: RECOVERED }],
      },
      { alertname: 'Ends', openedAgo: 1_000, then: [{ event: 'dismissed', ago: 900, by: 'user' }] },
      { alertname: 'Ends', openedAgo: 1_000, then: [{ event: 'deleted', ago: 800, by: 'user' }] },
      { alertname: 'Ends', openedAgo: 1_000, then: [{ event: 'commented', ago: 800, by: 'user' }] },
      {
        alertname: 'Ends',
        openedAgo: 1_000,
        then: [
          { event: 'resolved', ago: 700, resolution: RECOVERED },
          { event: 'dismissed', ago: 100, by: 'user' },
        ],
      },
      { alertname: 'Another', openedAgo: 1_000 },
    );
    expect(await told('alert:Ends')).toEqual([
      ['recovered', 300],
      ['not_seen', 400],
      ['closed', 500],
      ['closed', 100],
      ['closed', 200],
      ['goes_on', 1_000],
      ['recovered', 300],
    ]);
  });

  it('counts one that was reopened from its latest opening', async () => {
    await add({
      alertname: 'Again',
      openedAgo: 5_000,
      then: [
        { event: 'resolved', ago: 4_000, resolution: RECOVERED },
        { event: 'reopened', ago: 3_000 },
        { event: 'resolved', ago: 2_800, resolution: RECOVERED },
      ],
    });
    expect(await told('alert:Again')).toEqual([['recovered', 200]]);
  });

  it('leaves out what is older than 180 days', async () => {
    await add({ alertname: 'Old', openedAgo: 181 * DAY }, { alertname: 'Old', openedAgo: 179 * DAY });
    expect(await told('alert:Old')).toHaveLength(1);
  });

  it('knows the class of each anomaly as whoever gives the class does', async () => {
    const members = [undefined, null, 'text', -1, 0, 2, 5];
    const metrics = members.flatMap((peak) =>
      members.flatMap((lower) =>
        members.map((upper) => ({ name: 'm:x', peak_value: peak, usual_lower: lower, usual_upper: upper })),
      ),
    );
    const ids = await add(...metrics.map((metric) => ({ metric, openedAgo: 10 })));
    const classOf = (metric: object) =>
      anomalyClassOf({ source: 'past', metric, labels: null, alertIdentity: null });
    for (const anomalyClass of ['metric:m:x:high', 'metric:m:x:low', 'metric:m:x:shaped']) {
      const expected = ids.filter((_, index) => classOf(metrics[index]) === anomalyClass);
      expect(expected.length).toBeGreaterThan(10);
      expect((await courses(anomalyClass))!.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(expected);
    }
  });

  it('is not told of what only says who reported', async () => {
    expect(await courses('source:manual')).toBeUndefined();
    expect(await selfRecovery().probability('source:manual', 0, 60)).toBeNull();
  });

  it('is the share of those left alone that recovered in time', async () => {
    await add(...[100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000].map((s) => recovered('Share', s)));
    expect(await selfRecovery().probability('alert:Share', 0, 450)).toBeCloseTo(0.4);
    expect(await selfRecovery().probability('alert:Share', 250, 200)).toBeCloseTo(2 / 8);
  });

  it('is not known where fewer than five were seen at that age', async () => {
    await add(...[100, 200, 300, 400].map((seconds) => recovered('Few', seconds)));
    expect(await selfRecovery().probability('alert:Few', 0, 60)).toBeNull();
    await add(recovered('Few', 500));
    expect(await selfRecovery().probability('alert:Few', 0, 150)).toBeCloseTo(1 / 5);
    expect(await selfRecovery().probability('alert:Few', 150, 60)).toBeNull();
  });

  it('does not count a recovery after something was done', async () => {
    const ids = await add(...[100, 200, 300, 400, 500, 600].map((s) => recovered('Acted', s)));
    for (const id of ids.slice(0, 3)) await claim(id, DAY - 50);
    await claim(ids[5], DAY - 5_000);
    // Three are left at 50 seconds; none of them, nor of all six, has recovered within 350.
    expect(await selfRecovery().probability('alert:Acted', 0, 350)).toBe(0);
    expect(await selfRecovery().probability('alert:Acted', 0, 550)).toBeCloseTo(2 / 3);
    expect(await selfRecovery().probability('alert:Acted', 60, 350)).toBeNull();
  });

  it('reads how old trouble is from its latest opening before', async () => {
    const [id] = await add({
      alertname: 'Age',
      openedAgo: 5_000,
      then: [
        { event: 'resolved', ago: 4_000, resolution: RECOVERED },
        { event: 'reopened', ago: 3_000 },
      ],
    });
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
    expect(await selfRecovery().findAgeSeconds(id, ago(2_900))).toBeCloseTo(100, -1);
    expect(await selfRecovery().findAgeSeconds(id, ago(4_500))).toBeCloseTo(500, -1);
    expect(await selfRecovery().findAgeSeconds(id, ago(6_000))).toBeNull();
  });
});
