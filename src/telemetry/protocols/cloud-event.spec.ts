import fc from 'fast-check';

import { CloudEvent, CloudEventReading, decodeHeader, readCloudEvents } from './cloud-event';
import { InvalidEvent } from './event.errors';

const EVENT = {
  specversion: '1.0',
  id: 'A234-1234-1234',
  source: '/mycontext',
  type: 'com.example.someevent',
  subject: 'larger-context',
  time: '2026-04-05T17:31:00Z',
  datacontenttype: 'application/json',
  comexampleextension1: 'value',
  data: { title: 'Disk is full' },
};
const READ: CloudEvent = {
  id: 'A234-1234-1234',
  source: '/mycontext',
  type: 'com.example.someevent',
  subject: 'larger-context',
  timeMs: Date.parse('2026-04-05T17:31:00Z'),
  data: { title: 'Disk is full' },
};

const send = (mediaType: string, value: unknown, headers: Record<string, string> = {}): CloudEventReading =>
  readCloudEvents({
    mediaType,
    headers,
    body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  });
const structured = (change: object): CloudEventReading =>
  send('application/cloudevents+json', { ...EVENT, ...change });

describe('a CloudEvent', () => {
  it('is the same in each of the three modes', () => {
    const { data, ...attributes } = EVENT;
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]),
    );
    const expected = { events: [READ], faults: [] };
    expect(send('application/json', data, headers)).toEqual(expected);
    expect(structured({})).toEqual(expected);
    expect(send('application/cloudevents-batch+json', [EVENT])).toEqual(expected);
  });

  it('may have its data in base64, or none', () => {
    const data = Buffer.from('{"title":"x"}').toString('base64');
    expect(structured({ data: undefined, data_base64: data }).events[0].data).toEqual({ title: 'x' });
    expect(structured({ data: undefined }).events[0].data).toBeUndefined();
    const headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': 's', 'ce-type': 't' };
    expect(send('', '', headers).events).toEqual([
      { id: '1', source: 's', type: 't', subject: null, timeMs: null, data: null },
    ]);
  });

  it.each([
    ['another version', { specversion: '0.3' }, 'The event needs specversion 1.0'],
    ['no id', { id: undefined }, 'The event needs id, a text of 1 to 2048 characters'],
    ['an empty source', { source: '' }, 'The event needs source, a text of 1 to 2048 characters'],
    ['a type that is no text', { type: 7 }, 'The event needs type, a text of 1 to 2048 characters'],
    ['a time that is none', { time: 'noon' }, 'The event has a time that is not as in 2026-01-31T10:00:00Z'],
    ['base64 that is no text', { data_base64: 7 }, 'The event has data_base64 that is no text'],
    ['base64 of no JSON', { data_base64: 'eA==' }, 'The body is not valid JSON in UTF-8'],
  ])('is refused with %s', (_, change, message) => {
    expect(() => structured(change)).toThrow(new InvalidEvent(message));
  });

  it('costs the others of its batch nothing where it cannot be read', () => {
    expect(send('application/cloudevents-batch+json', [EVENT, 7, { ...EVENT, id: '' }])).toEqual({
      events: [READ],
      faults: ['events[1] must be an object', 'events[2] needs id, a text of 1 to 2048 characters'],
    });
    for (const batch of [{}, 'x', Array.from({ length: 1_001 }, () => EVENT)])
      expect(() => send('application/cloudevents-batch+json', batch)).toThrow(InvalidEvent);
  });
});

describe('the text in a header of a CloudEvent', () => {
  it.each([
    ['plain', 'plain'],
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['%2525', '%25'],
    ['100%', '100%'],
    ['%zz%4', '%zz%4'],
    ['"quoted"', 'quoted'],
    ['"a \\"b\\" \\\\ c"', 'a "b" \\ c'],
    ['"', '"'],
    ['', ''],
    [Buffer.from('€').toString('latin1'), '€'],
  ])('of %j is %j', (sent, text) => {
    expect(decodeHeader(sent, 'ce-subject')).toBe(text);
  });

  it.each(['%ff', '%C3', '%ED%A0%80', '%F4%90%80%80', '\xff'])('is refused where %j is no UTF-8', (sent) => {
    expect(() => decodeHeader(sent, 'ce-subject')).toThrow('The header ce-subject is not valid UTF-8');
  });

  it('is whatever was percent-encoded, once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeHeader(encodeURIComponent(text), 'ce-x')).toBe(text);
      }),
    );
  });
});
