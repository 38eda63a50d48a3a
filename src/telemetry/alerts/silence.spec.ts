import { canChangeInPlace, checkTerms, compileMatchers, isMatched, SilenceTerms } from './silence';

const NOW = new Date('2026-01-31T10:00:00.500Z');
const later = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);

const TERMS: SilenceTerms = {
  matchers: [
    { name: 'alertname', operator: '=', value: 'HighCPU' },
    { name: 'instance', operator: '=~', value: 'web-.*' },
  ],
  startsAt: NOW,
  endsAt: later(60),
  createdBy: 'jane',
  comment: 'planned work',
};

describe('a silence', () => {
  it('keeps quiet the alerts that all its matchers accept', () => {
    const matchers = compileMatchers(TERMS.matchers);
    expect(isMatched(matchers, { alertname: 'HighCPU', instance: 'web-1' })).toBe(true);
    expect(isMatched(matchers, { alertname: 'HighCPU', instance: 'my-web-1' })).toBe(false);
    expect(isMatched(matchers, { alertname: 'HighCPU' })).toBe(false);
  });

  it.each<[string, Partial<SilenceTerms>, string]>([
    ['without matchers', { matchers: [] }, '1 to 30 matchers'],
    [
      'that would silence everything',
      {
        matchers: [
          { name: 'a', operator: '=~', value: '.*' },
          { name: 'b', operator: '!=', value: 'x' },
        ],
      },
      'at least one matcher must not match the empty string',
    ],
    [
      'with a pattern that is none',
      { matchers: [{ name: 'a', operator: '=~', value: '(' }] },
      'cannot be read',
    ],
    [
      'that ends before it begins',
      { startsAt: later(5), endsAt: later(4) },
      'start time must be before end time',
    ],
    ['of the past', { startsAt: later(-9), endsAt: later(-1) }, "end time can't be in the past"],
    ['with half a character', { comment: '\ud83e' }, 'comment must be at most'],
  ])('%s is refused', (_what, wrong, message) => {
    expect(() => checkTerms({ ...TERMS, ...wrong }, NOW)).toThrow(message);
  });

  it.each([
    ['another end of one in force', 'active', { endsAt: later(90) }, true],
    [
      'the start of one in force, to the second',
      'active',
      { startsAt: new Date('2026-01-31T10:00:00Z') },
      true,
    ],
    ['another start of one in force', 'active', { startsAt: later(-5) }, false],
    ['other matchers', 'active', { matchers: TERMS.matchers.slice(1) }, false],
    ['another start of one to come', 'pending', { startsAt: later(5) }, true],
    ['a start in the past of one to come', 'pending', { startsAt: later(-5) }, false],
    ['anything of one that has ended', 'expired', {}, false],
  ] as const)('changed by %s (%s) keeps its id: %#', (_what, state, change, isInPlace) => {
    expect(canChangeInPlace(state, TERMS, { ...TERMS, ...change }, NOW)).toBe(isInPlace);
  });
});
