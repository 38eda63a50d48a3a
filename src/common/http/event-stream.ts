import { InvalidInput } from '../errors/domain-error';
import { Text } from '../validation/fields';

/** A place in commit order: everything up to it has been sent. Order: transaction, then id. */
export interface StreamPosition {
  readonly xact: string;
  readonly id: number;
}

/** The query of a route that streams server-sent events. */
export class StreamQuery {
  @Text(64, { required: false, description: 'As the Last-Event-ID header, for clients that cannot set it' })
  last_event_id?: string;
}

/**
 * One server-sent event; data is a single JSON line.
 * @example formatEvent({ xact: '7', id: 1 }, 'anomaly.opened', { a: 1 }) // 'id: 7-1\nevent: anomaly.opened\ndata: {"a":1}\n\n'
 */
export function formatEvent(position: StreamPosition, event: string, data: object): string {
  return `id: ${formatEventId(position)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A comment line that keeps proxies and clients from giving up on a quiet stream. */
export const HEARTBEAT = ': heartbeat\n\n';

export function formatEventId({ xact, id }: StreamPosition): string {
  return `${xact}-${id}`;
}

/** The position in a Last-Event-ID, or null without one. Throws InvalidInput where it is none of ours. */
export function readEventId(text: string | undefined): StreamPosition | null {
  if (text === undefined || text === '') return null;
  const match = /^(\d{1,19})-(\d{1,16})$/.exec(text);
  if (match === null) throw new InvalidInput('Last-Event-ID must be the id of an event of this stream');
  return { xact: match[1], id: Number(match[2]) };
}
