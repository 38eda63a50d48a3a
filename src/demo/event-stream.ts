/** One event of a server-sent event stream. */
export interface StreamEvent {
  /** Where a reader resumes; empty before the first id. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/**
 * The events of a server-sent event stream.
 * Shape   chunks: text, cut anywhere, also between CR and LF. Comments, `retry` and unknown fields are passed over; an event without data is none.
 * Ends    With the stream; an event that was not finished by a blank line is not given out.
 * Source  WHATWG HTML, 9.2.6 "Interpreting an event stream".
 * @example for await (const { event, data } of readEventStream(['event: opened\ndata: {}\n\n'])) … // 'opened', '{}'
 */
export async function* readEventStream(
  chunks: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<StreamEvent, void, undefined> {
  let id = '';
  let event = 'message';
  let data: string[] = [];
  for await (const line of readLines(chunks)) {
    if (line === '') {
      if (data.length > 0) yield { id, event, data: data.join('\n') };
      event = 'message';
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') id = value;
    else if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
}

async function* readLines(
  chunks: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + chunk;
    // A CR at the very end may be the first half of CRLF.
    const complete = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, complete).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + text.slice(complete);
    yield* lines;
  }
}
