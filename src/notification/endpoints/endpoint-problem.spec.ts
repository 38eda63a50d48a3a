import type { EndpointKind } from '../notices/message';
import { endpointProblem, type StatedEndpoint } from './endpoint-problem';

const mail = { recipients: ['a@example.org'], from: null };
const stated = (more: Partial<StatedEndpoint>): StatedEndpoint => ({
  mail: null,
  events: ['anomaly_detected'],
  ...more,
});

describe('an endpoint', () => {
  it.each<[string, EndpointKind, Partial<StatedEndpoint>, object, string | null]>([
    ['of mail has recipients', 'email', { mail }, {}, null],
    ['of mail needs recipients', 'email', {}, {}, 'needs recipients'],
    [
      'of mail needs one recipient at least',
      'email',
      { mail: { ...mail, recipients: [] } },
      {},
      'needs recipients',
    ],
    ['of mail has no URL', 'email', { mail }, { url: 'https://a' }, 'has no url'],
    ['of mail signs nothing', 'email', { mail }, { signing_secret: 'x' }, 'has no signing_secret'],
    ['that is a webhook has no recipients', 'webhook', { mail }, { url: 'https://a' }, 'kind email only'],
    ['that is a webhook needs a URL', 'webhook', {}, {}, 'needs a url'],
    ['that is Slack needs a URL', 'slack', {}, {}, 'needs a url'],
    ['that is a webhook has one', 'webhook', {}, { url: 'https://a' }, null],
    [
      'cannot hear of ends alone',
      'slack',
      { events: ['incident_resolved'] },
      { url: 'https://a' },
      'incident_opened as well',
    ],
  ])('%s', (_, kind, more, changes, words) => {
    const problem = endpointProblem(kind, stated(more), changes, false);
    if (words === null) expect(problem).toBeNull();
    else expect(problem).toContain(words);
  });

  it('keeps its URL where none is stated', () => {
    expect(endpointProblem('webhook', stated({}), {}, true)).toBeNull();
  });
});
