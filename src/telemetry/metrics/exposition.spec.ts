import fc from 'fast-check';

import { parseExposition } from './exposition';
import { seriesTitle } from './labels';
import { ExpositionTooLarge, InvalidExposition } from './metrics.errors';

const PAGE = `
# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400",}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9
metric_without_timestamp_and_labels 12.47
something_weird{problem="division by zero"} +Inf -3982045

# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320

# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.5"} 4773
rpc_duration_seconds{quantile="0.9"} NaN
rpc_duration_seconds_sum 1.7560473e+07
rpc_duration_seconds_count 2693
`;

describe('a page in the text format', () => {
  // The one timestamp before 1970 belongs to a sample of the format's own documentation; we keep no such years.
  const page = PAGE.replace(' -3982045', '');

  it('gives names, unescaped labels, values and times', () => {
    const samples = parseExposition(page);
    expect(samples.slice(0, 4)).toEqual([
      {
        name: 'http_requests_total',
        labels: { method: 'post', code: '200' },
        value: 1027,
        timeMs: 1395066363000,
        type: 'counter',
        behaviour: 'counter',
      },
      {
        name: 'http_requests_total',
        labels: { method: 'post', code: '400' },
        value: 3,
        timeMs: 1395066363000,
        type: 'counter',
        behaviour: 'counter',
      },
      {
        name: 'msdos_file_access_time_seconds',
        labels: { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' },
        value: 1.458255915e9,
        type: 'untyped',
        behaviour: 'untyped',
      },
      {
        name: 'metric_without_timestamp_and_labels',
        labels: {},
        value: 12.47,
        type: 'untyped',
        behaviour: 'untyped',
      },
    ]);
  });

  it('knows which samples belong to a histogram or summary, and how they move', () => {
    const kinds = parseExposition(page)
      .slice(4)
      .map(({ name, type, behaviour }) => [name, type, behaviour]);
    expect(kinds).toEqual([
      ['http_request_duration_seconds_bucket', 'histogram', 'counter'],
      ['http_request_duration_seconds_bucket', 'histogram', 'counter'],
      ['http_request_duration_seconds_sum', 'histogram', 'counter'],
      ['http_request_duration_seconds_count', 'histogram', 'counter'],
      ['rpc_duration_seconds', 'summary', 'gauge'],
      ['rpc_duration_seconds_sum', 'summary', 'counter'],
      ['rpc_duration_seconds_count', 'summary', 'counter'],
    ]);
  });

  it('drops values that are not finite', () => {
    expect(
      parseExposition('a NaN\nb +Inf\nc -Inf\nd Inf\ne nan\nf 1e400\ng 1\n').map(({ name }) => name),
    ).toEqual(['g']);
  });

  it('takes a gauge that ends in _count for what its own TYPE line says', () => {
    const [sample] = parseExposition('# TYPE x histogram\n# TYPE x_count gauge\nx_count 1\n');
    expect(sample).toMatchObject({ type: 'gauge', behaviour: 'gauge' });
  });

  it('leaves a name with a known suffix but no family untyped', () => {
    expect(parseExposition('x_bucket{le="1"} 1\n')[0].type).toBe('untyped');
    expect(parseExposition('# TYPE x gauge\nx_bucket{le="1"} 1\n')[0].type).toBe('untyped');
  });

  it.each(['', '\n\n', '# only a comment\n', '#\n', '# TYPE\u00a0odd\n# HELP\n'])(
    'may hold no sample: %j',
    (text) => {
      expect(parseExposition(text)).toEqual([]);
    },
  );

  it('may have CRLF line ends, tabs, and no line end at the end', () => {
    expect(
      parseExposition('a\t{ x = "1" , y="2" }\t5\r\nb 6').map(({ name, value }) => [name, value]),
    ).toEqual([
      ['a', 5],
      ['b', 6],
    ]);
  });

  it('keeps a label called __proto__ as an ordinary label, for the label check to refuse', () => {
    expect(Object.keys(parseExposition('a{__proto__="x"} 1')[0].labels)).toEqual(['__proto__']);
  });
});

describe('an OpenMetrics page', () => {
  const page = `# TYPE requests counter
# UNIT requests requests
requests_total{path="/"} 17.0 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67 1520879600.000
requests_created{path="/"} 1520430000.123
# TYPE build info
build_info{version="1.2"} 1
# TYPE queue gaugehistogram
queue_gsum 5
# TYPE state stateset
state{state="on"} 1
# TYPE other unknown
other 2
lonely 3 # {trace_id="x # }"} 1
# EOF
`;

  it('has times in seconds, families without suffix, and exemplars that are passed over', () => {
    const samples = parseExposition(page);
    expect(samples[0]).toEqual({
      name: 'requests_total',
      labels: { path: '/' },
      value: 17,
      timeMs: 1520879607789,
      type: 'counter',
      behaviour: 'counter',
    });
    expect(samples.slice(1).map(({ name, type, behaviour }) => `${name} ${type} ${behaviour}`)).toEqual([
      'requests_created counter gauge',
      'build_info info gauge',
      'queue_gsum histogram gauge',
      'state gauge gauge',
      'other untyped untyped',
      'lonely untyped untyped',
    ]);
  });
});

describe('a malformed page', () => {
  it.each<[string, string]>([
    ['ok 1\nno-dash 1', 'line 2: expected a blank or { after the name, at character 3'],
    ['1a 1', 'line 1: expected a metric name at character 1'],
    ['{a="b"} 1', 'line 1: expected a metric name at character 1'],
    ['a', 'line 1: expected a value'],
    ['a{', 'line 1: expected a label name at character 3'],
    ['a{b="c" 1', 'line 1: expected , or } at character 9'],
    ['a{b} 1', 'line 1: expected = at character 4'],
    ['a{b=c} 1', 'line 1: expected " at character 5'],
    ['a{b="c', 'line 1: a label value is never closed'],
    ['a{b="c\\t"} 1', 'line 1: unknown escape at character 8'],
    ['a{b="1",b="2"} 1', 'line 1: label b appears twice'],
    ['a{1b="1"} 1', 'line 1: expected a label name at character 3'],
    ['a 1,5', 'line 1: value "1,5" is not a number'],
    ['a 0x10', 'line 1: value "0x10" is not a number'],
    ['a 1 2 3', 'line 1: unexpected text at character 7'],
    ['a 1 soon', 'line 1: timestamp "soon" is not milliseconds'],
    ['a 1 -5', 'line 1: timestamp "-5" is not milliseconds within 1970 to 2100'],
    ['a 1 1700000000000\n# EOF', 'line 1: timestamp "1700000000000" is not seconds'],
    ['# TYPE a speed\na 1', 'line 1: expected # TYPE name type'],
    ['# TYPE a', 'line 1: expected # TYPE name type'],
    ['# TYPE a-b counter', 'line 1: expected # TYPE name type'],
    [`a{b="${'c'.repeat(100_001)}"} 1`, 'line 1: longer than 100000 characters'],
    ['<!doctype html>\n<html>', 'line 1: expected a metric name at character 1'],
  ])('%j: %s', (text, message) => {
    expect(() => parseExposition(text)).toThrow(InvalidExposition);
    expect(() => parseExposition(text)).toThrow(message);
  });

  it('may have 50,000 samples and no more', () => {
    expect(parseExposition('a 1\n'.repeat(50_000))).toHaveLength(50_000);
    expect(() => parseExposition('a 1\n'.repeat(50_001))).toThrow(ExpositionTooLarge);
    expect(() => parseExposition('a NaN\n'.repeat(50_001))).toThrow(ExpositionTooLarge);
  });

  it('may have 10 MB and no more, counted in bytes', () => {
    expect(() => parseExposition(`# ${'é'.repeat(5_000_000)}`)).toThrow('larger than 10000000 bytes');
  });

  it('brings a clear error or samples, whatever the text', () => {
    const fragment = fc.constantFrom(
      'a',
      '{',
      '}',
      '"',
      '\\',
      ',',
      '=',
      ' ',
      '\n',
      '1',
      '#',
      '# TYPE a counter',
      'b',
      '\t',
      'NaN',
    );
    fc.assert(
      fc.property(
        fc.array(fragment).map((parts) => parts.join('')),
        (text) => {
          try {
            parseExposition(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidExposition);
          }
        },
      ),
    );
  });
});

describe('a series written by its title', () => {
  it('is read back the same', () => {
    const labels = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/), fc.string({ minLength: 1 }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(labels, fc.double({ noNaN: true, noDefaultInfinity: true }), (set, value) => {
        const [sample] = parseExposition(`${seriesTitle('m', set)} ${value}\n`);
        expect([sample.labels, sample.value + 0]).toEqual([set, value + 0]);
      }),
    );
  });
});
