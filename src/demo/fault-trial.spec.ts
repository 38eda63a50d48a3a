import { FaultTrial, HeardEvent, judgeTrial, unexplained } from './fault-trial';
import { Anomaly } from './product-answers';

const TRIAL: FaultTrial = {
  job: 'orders',
  metric: 'response_seconds',
  injectedAtMs: 100_000,
  endedAtMs: 140_000,
};

function heard(
  event: string,
  second: number,
  id: number,
  name = 'response_seconds',
  job = 'orders',
): HeardEvent {
  const metric = { name, labels: { job } };
  return { atMs: second * 1_000, event, anomaly: { id, metric } as unknown as Anomaly };
}

describe('the report on a fault', () => {
  it('tells how soon it was found, and how soon after its end it was resolved', () => {
    const report = judgeTrial(TRIAL, [heard('opened', 133, 1), heard('resolved', 205, 1)]);
    expect(report).toMatchObject({
      openedAfterSeconds: 33,
      resolvedAfterSeconds: 65,
      isOver: true,
      complaints: [],
    });
  });

  it('complains where nothing opened', () => {
    expect(judgeTrial(TRIAL, []).complaints).toEqual(['no anomaly of response_seconds opened']);
  });

  it('complains where it opened too late', () => {
    const late = { ...TRIAL, endedAtMs: 200_000 };
    const { complaints } = judgeTrial(late, [heard('opened', 161, 1), heard('resolved', 270, 1)]);
    expect(complaints).toEqual(['the anomaly of response_seconds opened after 61.0 s instead of 60']);
  });

  it('complains where it did not resolve, and is not over then', () => {
    const report = judgeTrial(TRIAL, [heard('opened', 133, 1)]);
    expect(report.isOver).toBe(false);
    expect(report.complaints).toEqual(['the anomaly of response_seconds did not resolve after the fault']);
  });

  it('complains where it resolved while the fault was on', () => {
    const { complaints } = judgeTrial(TRIAL, [heard('opened', 133, 1), heard('resolved', 138, 1)]);
    expect(complaints).toEqual(['the anomaly of response_seconds resolved while the fault was still on']);
  });

  it('waits for every quantile of the metric to be resolved', () => {
    const events = [heard('opened', 133, 1), heard('opened', 134, 2), heard('resolved', 203, 1)];
    expect(judgeTrial(TRIAL, events)).toMatchObject({ resolvedAfterSeconds: null, isOver: false });
    expect(judgeTrial(TRIAL, [...events, heard('resolved', 206, 2)])).toMatchObject({
      resolvedAfterSeconds: 66,
      isOver: true,
    });
  });

  it('takes an anomaly that opens again as found', () => {
    const before = [heard('opened', 40, 1), heard('resolved', 90, 1)];
    const report = judgeTrial(TRIAL, [...before, heard('reopened', 131, 1), heard('resolved', 210, 1)]);
    expect(report).toMatchObject({ openedAfterSeconds: 31, resolvedAfterSeconds: 70 });
  });

  it('lists what else was seen of the service, without taking it for the fault itself', () => {
    const report = judgeTrial(TRIAL, [heard('opened', 120, 7, 'requests_in_flight')]);
    expect(report.anomaly).toBeNull();
    expect(report.alsoFound.map(({ id }) => id)).toEqual([7]);
  });

  it('is over with its own metric, and quiet once everything else has ended, too', () => {
    const events = [
      heard('opened', 120, 7, 'requests_in_flight'),
      heard('opened', 133, 1),
      heard('resolved', 205, 1),
    ];
    expect(judgeTrial(TRIAL, events)).toMatchObject({ isOver: true, isQuiet: false });
    expect(judgeTrial(TRIAL, [...events, heard('resolved', 210, 7)])).toMatchObject({ isQuiet: true });
  });

  it('is not over while the fault is on', () => {
    expect(judgeTrial({ ...TRIAL, endedAtMs: null }, []).isOver).toBe(false);
  });
});

describe('openings that no fault explains', () => {
  it.each([
    ['before the fault', heard('opened', 99, 1)],
    ['after its end', heard('opened', 141, 1)],
    ['of something else than the service', heard('opened', 120, 1, 'host_load', 'host')],
  ])('are those %s', (_, event) => {
    expect(unexplained([TRIAL], [event])).toEqual([event]);
  });

  it('are none of those that a fault caused', () => {
    expect(unexplained([TRIAL], [heard('opened', 133, 1), heard('resolved', 150, 1)])).toEqual([]);
  });
});
