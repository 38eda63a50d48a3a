import { type Decision, VERDICTS } from '../policy/decision';
import { LEVELS } from './level';
import { beginningOf, type Caps, effectiveLevel } from './unattended';

const caps: Caps = {
  mode: 'full_auto',
  modeReason: 'the mode says so',
  cell: 'full_auto',
  risk: 'medium',
  maxLevelHighRisk: 'semi_auto',
  isReported: false,
  spansGroups: false,
};
const decision = (of: Partial<Decision>): Decision => ({
  verdict: 'ask',
  approvals: 1,
  policyId: null,
  reasons: ['because'],
  ...of,
});

/** Whose yes lets it begin; null where nothing does. Rows are modes, columns cells. */
const BY_DEFAULT_ASKED = [
  [null, null, null],
  [null, null, null],
  [null, null, 'autonomy'],
];
const ALLOWED_BY_POLICY = [
  [null, null, null],
  [null, 'policy', 'policy'],
  [null, 'policy', 'policy'],
];
const APPROVED_BY_PEOPLE = [
  [null, null, null],
  [null, 'people', 'people'],
  [null, 'people', 'people'],
];
const NEVER = [
  [null, null, null],
  [null, null, null],
  [null, null, null],
];

describe('whether a proposal begins by itself', () => {
  const cases = [
    ['asked by default', decision({}), false, BY_DEFAULT_ASKED],
    ['asked by default, approved', decision({}), true, APPROVED_BY_PEOPLE],
    ['asked by default of two', decision({ approvals: 2 }), false, NEVER],
    ['asked by a policy', decision({ policyId: 4 }), false, NEVER],
    ['asked by a policy, approved', decision({ policyId: 4 }), true, APPROVED_BY_PEOPLE],
    ['allowed', decision({ verdict: 'allow', approvals: 0, policyId: 4 }), false, ALLOWED_BY_POLICY],
    [
      'allowed, approved',
      decision({ verdict: 'allow', approvals: 0, policyId: 4 }),
      true,
      APPROVED_BY_PEOPLE,
    ],
    ['denied', decision({ verdict: 'deny', approvals: 0 }), false, NEVER],
    ['denied, approved', decision({ verdict: 'deny', approvals: 0 }), true, NEVER],
  ] as const;
  const all = cases.flatMap(([what, decided, isApproved, expected]) =>
    LEVELS.flatMap((mode, row) =>
      LEVELS.map((cell, column) => ({
        what,
        decided,
        isApproved,
        mode,
        cell,
        expected: expected[row][column],
      })),
    ),
  );

  it('is looked at for every verdict', () => {
    expect(new Set(cases.map(([, { verdict }]) => verdict))).toEqual(new Set(VERDICTS));
  });

  it.each(all)('$what, in $mode with a cell at $cell: $expected', (given) => {
    const { decided, isApproved, mode, cell, expected } = given;
    const beginning = beginningOf(effectiveLevel({ ...caps, mode, cell }), decided, isApproved);
    expect(beginning.grantedBy).toBe(expected);
    expect(beginning.begins).toBe(expected !== null);
    expect(beginning.reason).not.toBe('');
  });

  it.each<[string, Partial<Caps>, string]>([
    ['of high risk', { risk: 'high' }, 'semi_auto'],
    ['of high risk, which was allowed', { risk: 'high', maxLevelHighRisk: 'full_auto' }, 'full_auto'],
    ['of high risk, which was forbidden', { risk: 'high', maxLevelHighRisk: 'manual' }, 'manual'],
    ['for an anomaly that somebody reported', { isReported: true }, 'semi_auto'],
    ['on several groups', { spansGroups: true }, 'semi_auto'],
    ['of medium risk, whatever holds for high', { maxLevelHighRisk: 'manual' }, 'full_auto'],
  ])('at most as far as is allowed to what is %s', (_, of, level) => {
    expect(effectiveLevel({ ...caps, ...of }).level).toBe(level);
  });

  it('says what kept it from more', () => {
    expect(effectiveLevel({ ...caps, cell: 'semi_auto', risk: 'high' }).cappedBy).toEqual([
      'the cell has earned semi_auto',
      'what is of high risk is semi_auto at most',
    ]);
    expect(effectiveLevel(caps).cappedBy).toEqual([]);
  });
});
