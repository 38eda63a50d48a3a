import { secretsProblem } from './endpoint-secrets';

const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('the secrets of an endpoint', () => {
  it.each([
    ['a webhook without a key', 'webhook', [], { url: 'u' }, false, 'always signed'],
    ['a webhook with a key', 'webhook', [], { url: 'u', signing_secret: KEY }, false, null],
    ['a key that is none', 'webhook', [], { signing_secret: 'hunter2' }, false, 'must be whsec_'],
    ['a key that stays', 'webhook', ['url', 'signing_secret'], {}, false, null],
    [
      'a key taken away',
      'webhook',
      ['url', 'signing_secret'],
      { signing_secret: null },
      false,
      'always signed',
    ],
    [
      'a key led elsewhere',
      'webhook',
      ['url', 'signing_secret'],
      { url: 'v' },
      true,
      'state signing_secret again',
    ],
    [
      'a key stated again',
      'webhook',
      ['url', 'signing_secret'],
      { url: 'v', signing_secret: KEY },
      true,
      null,
    ],
    ['Slack', 'slack', [], { url: 'u' }, false, null],
    ['Slack with a key', 'slack', [], { url: 'u', signing_secret: KEY }, false, 'has no signing_secret'],
  ] as const)('%s', (_, kind, kept, changes, isLedElsewhere, problem) => {
    const found = secretsProblem(kind, kept, changes, isLedElsewhere);
    if (problem === null) expect(found).toBeNull();
    else expect(found).toContain(problem);
    expect(found ?? '').not.toContain('hunter2');
  });
});
