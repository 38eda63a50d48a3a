import { readEventStream, StreamEvent } from './event-stream';

async function read(...chunks: string[]): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of readEventStream(chunks)) events.push(event);
  return events;
}

const OPENED = 'id: 7-1\nevent: anomaly.opened\ndata: {"a":1}\n\n';

describe('the event stream', () => {
  it('gives each event with its id, name and data', async () => {
    expect(await read(OPENED)).toEqual([{ id: '7-1', event: 'anomaly.opened', data: '{"a":1}' }]);
  });

  it.each(Array.from({ length: OPENED.length - 1 }, (_, i) => i + 1))(
    'does not mind a chunk that ends after %i characters',
    async (cut) => {
      expect(await read(OPENED.slice(0, cut), OPENED.slice(cut))).toEqual(await read(OPENED));
    },
  );

  it('reads CRLF as one line end, also where a chunk ends between the two', async () => {
    expect(await read('event: x\r', '\ndata: 1\r', '\n\r\n', 'data: 2\r\n\r\n')).toEqual([
      { id: '', event: 'x', data: '1' },
      { id: '', event: 'message', data: '2' },
    ]);
  });

  it('passes over heartbeats, retry hints and fields that it does not know', async () => {
    expect(await read(': connected\n\n: heartbeat\n\nretry: 5\nother: 1\ndata: yes\n\n')).toEqual([
      { id: '', event: 'message', data: 'yes' },
    ]);
  });

  it('keeps the latest id for events that name none, so that a reader can resume', async () => {
    const events = await read('id: 3-9\ndata: a\n\ndata: b\n\n');
    expect(events.map(({ id }) => id)).toEqual(['3-9', '3-9']);
  });

  it('joins the data lines of one event', async () => {
    expect((await read('data: a\ndata:b\n\n'))[0].data).toBe('a\nb');
  });

  it('does not give out an event that the end of the stream cut off', async () => {
    expect(await read('data: a\n\ndata: half')).toHaveLength(1);
  });
});
