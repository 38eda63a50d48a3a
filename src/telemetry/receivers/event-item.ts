import type { AlertSignal } from '../alerts/alert-signal';
import type { ChangeEvent } from '../changes/change-event';

/** The protocols whose bodies are kept where they cannot be read, and can be read again. */
export const EVENT_PROTOCOLS = [
  'alertmanager_webhook',
  'grafana',
  'pagerduty',
  'pagerduty_change',
  'cloudevents',
  'json',
] as const;
export type EventProtocol = (typeof EVENT_PROTOCOLS)[number];

/** A body as it came, with what else it takes to read it. */
export interface ReceivedEvent {
  readonly protocol: EventProtocol;
  readonly mediaType: string;
  /** The headers that are part of the event; never one that says who sends it. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One thing that an event tells. Ids and keys are the sender's own. */
export type EventItem =
  | {
      readonly kind: 'alert';
      readonly eventId: string | null;
      readonly key: string | null;
      readonly signal: AlertSignal;
    }
  /** The end of an alert that is named by its key alone. */
  | { readonly kind: 'end'; readonly key: string }
  | { readonly kind: 'change'; readonly eventId: string | null; readonly change: ChangeEvent }
  /** Well-formed, and of no consequence here. */
  | { readonly kind: 'none' };

export interface EventReading {
  readonly items: readonly EventItem[];
  readonly faults: readonly string[];
}
