import { INTEGRATION_KINDS, KIND_NAMES } from './integration-kind';
import { snippetFor, snippetPlace } from './snippet';

describe('a configuration snippet', () => {
  const place = snippetPlace('https', 'ops.example:8443', { key: 'sco_abcdefgh_key' });

  it.each(KIND_NAMES)('of %s names the product and shows the key once', (kind) => {
    const { text } = snippetFor(kind, place);
    expect(text).toContain('ops.example:8443');
    if (kind !== 'alertmanager')
      expect(text).toContain(`https://ops.example:8443${INTEGRATION_KINDS[kind].path}`);
    expect(text.split('sco_abcdefgh_key')).toHaveLength(2);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('has Grafana sign where the integration has a secret', () => {
    expect(snippetFor('grafana', place).text).not.toContain('hmacConfig');
    expect(snippetFor('grafana', { ...place, isSigned: true }).text).toContain('hmacConfig');
  });

  it('says the port of a target, which Prometheus asks for', () => {
    expect(snippetFor('alertmanager', snippetPlace('https', 'ops.example')).text).toContain(
      "['ops.example:443']",
    );
    expect(snippetFor('alertmanager', snippetPlace('http', 'ops.example')).text).toContain(
      "['ops.example:80']",
    );
  });

  it.each(['a b', "x'; rm -rf /", 'x\ny: z', '', '[::1', 'a'.repeat(300)])(
    'holds no host such as %j',
    (host) => {
      expect(snippetFor('json', snippetPlace('http', host)).text).toContain('http://<HOST>/api/alerts/json');
    },
  );

  it.each(['localhost:5000', '10.0.0.1', '[2001:db8::1]:80'])('holds the host %s', (host) => {
    expect(snippetFor('json', snippetPlace('http', host)).text).toContain(`http://${host}/api/alerts/json`);
  });
});
