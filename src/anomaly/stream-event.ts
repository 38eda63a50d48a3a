import { InvalidInput } from '../common/errors/domain-error';
import type { HistoryPosition } from './anomaly-history.repository';

/**
 * One server-sent event; data is a single JSON line.
 * @example formatEvent('7-1', 'anomaly.opened', { a: 1 }) // 'id: 7-1\nevent: anomaly.opened\ndata: {"a":1}\n\n'
 */
export function formatEvent(id: string, event: string, data: object): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A comment line that keeps proxies and clients from giving up on a quiet stream. */
export const HEARTBEAT = ': heartbeat\n\n';

export function formatEventId({ xact, id }: HistoryPosition): string {
  return `${xact}-${id}`;
}

/** The position in a Last-Event-ID, or null without one. Throws InvalidInput where it is none of ours. */
export function readEventId(text: string | undefined): HistoryPosition | null {
  if (text === undefined || text === '') return null;
  const match = /^(\d{1,19})-(\d{1,16})$/.exec(text);
  if (match === null) throw new InvalidInput('Last-Event-ID must be the id of an event of this stream');
  return { xact: match[1], id: Number(match[2]) };
}
