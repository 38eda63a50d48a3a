import { type AutonomyTerms, choosePolicy, type Circumstances, mismatchOf } from './policy-choice';

const policy = (id: number, of: Partial<AutonomyTerms> = {}): AutonomyTerms => ({
  id,
  name: `policy ${id}`,
  priority: id,
  isEnabled: true,
  mode: 'full_auto',
  severities: [],
  minConfidence: 0,
  maxLoad: null,
  timeWindow: null,
  actionTypes: [],
  targetGroups: [],
  ...of,
});
const given: Circumstances = {
  severity: 'critical',
  confidence: 0.8,
  load: 90,
  at: new Date('2026-11-25T12:00:00Z'),
  actionTypes: ['restart_service', 'scale_up'],
  targetGroup: 'shop',
};
const SHIPPED = [
  policy(1, { severities: ['critical'], minConfidence: 0.8, maxLoad: 90 }),
  policy(2, { severities: ['high'], minConfidence: 0.7, maxLoad: 85, mode: 'semi_auto' }),
  policy(3, { severities: ['medium'], minConfidence: 0.6, mode: 'manual' }),
];

describe('the policy of adaptive mode', () => {
  it.each<[string, Partial<Circumstances>, number | null]>([
    ['critical, at its limits', {}, 1],
    ['critical, not confident enough', { confidence: 0.79 }, null],
    ['critical, under too much load', { load: 90.1 }, null],
    ['critical, under a load that nobody knows', { load: null }, null],
    ['high, at its limits', { severity: 'high', confidence: 0.7, load: 85 }, 2],
    ['high, under too much load', { severity: 'high', confidence: 0.9, load: 86 }, null],
    ['medium, whatever the load', { severity: 'medium', confidence: 0.6, load: null }, 3],
    ['low', { severity: 'low', confidence: 1, load: 0 }, null],
  ])('as shipped for what is %s', (_, of, chosen) => {
    expect(choosePolicy(SHIPPED, { ...given, ...of }).policy?.id ?? null).toBe(chosen);
  });

  it('is the enabled one of the lowest priority, the older among equals', () => {
    const policies = [
      policy(4, { priority: 5 }),
      policy(3, { priority: 5 }),
      policy(1, { priority: 1, isEnabled: false }),
    ];
    expect(choosePolicy(policies, given).policy?.id).toBe(3);
  });

  it('says why others were passed over', () => {
    expect(choosePolicy([policy(1, { severities: ['low', 'high'] }), policy(2)], given).passedOver).toEqual([
      { id: 1, name: 'policy 1', why: 'severity is critical, not low or high' },
    ]);
  });

  it('is for all steps or not at all, and for its groups', () => {
    expect(mismatchOf(policy(1, { actionTypes: ['restart_service'] }), given)).toBe('it is not for scale_up');
    expect(mismatchOf(policy(1, { actionTypes: ['restart_service', 'scale_up'] }), given)).toBeNull();
    expect(mismatchOf(policy(1, { targetGroups: ['bank'] }), given)).toBe('it is not for shop');
  });

  // Berlin: 2026-03-29 02:00 -> 03:00, 2026-10-25 03:00 -> 02:00.
  it.each([
    ['in winter', '2026-03-27T21:30:00Z', true],
    ['before it in winter', '2026-03-27T20:30:00Z', false],
    ['in summer', '2026-03-30T20:30:00Z', true],
    ['at its end in the shorter night', '2026-03-29T03:59:59Z', true],
    ['after its end in the shorter night', '2026-03-29T04:00:00Z', false],
    ['at its end in the longer night', '2026-10-25T04:59:59Z', true],
    ['after its end in the longer night', '2026-10-25T05:00:00Z', false],
  ])('has a window by the local clock: %s', (_, at, isInside) => {
    const timeWindow = {
      weekdays: ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
      startTime: '22:00',
      durationMinutes: 480,
      timeZone: 'Europe/Berlin',
    } as const;
    expect(mismatchOf(policy(1, { timeWindow }), { ...given, at: new Date(at) }) === null).toBe(isInside);
  });
});
