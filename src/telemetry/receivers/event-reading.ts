import { createHash } from 'node:crypto';

import { InvalidAlert } from '../alerts/alert.errors';
import type { AlertReading } from '../protocols/alert-reading';
import { readAlertmanagerWebhook } from '../protocols/alertmanager-webhook';
import { CloudEvent, readCloudEvents } from '../protocols/cloud-event';
import { readJson } from '../protocols/event-body';
import { EventMapping, meaningOf } from '../protocols/event-mapping';
import { readGrafanaWebhook } from '../protocols/grafana-webhook';
import { readJsonAlert, readJsonAlerts, readJsonChange } from '../protocols/json-alert';
import { readPagerDutyChange, readPagerDutyEvent, readRoutingKey } from '../protocols/pagerduty-event';
import type { EventItem, EventReading, ReceivedEvent } from './event-item';

/**
 * What a body tells, whatever its protocol.
 * Shape   newKey: the key of a PagerDuty alert that comes without one.
 * Throws  InvalidEvent where the body as a whole cannot be read; what is wrong with parts of it comes back as faults.
 */
export function readEvents(event: ReceivedEvent, mapping: EventMapping, newKey: string): EventReading {
  const { protocol, body } = event;
  switch (protocol) {
    case 'alertmanager_webhook':
      return itemsOf(readAlertmanagerWebhook(body));
    case 'grafana':
      return itemsOf(readGrafanaWebhook(body));
    case 'pagerduty':
      return { items: [pagerDutyItem(body, newKey)], faults: [] };
    case 'pagerduty_change':
      return { items: [pagerDutyChange(body)], faults: [] };
    case 'cloudevents': {
      const { events, faults } = readCloudEvents(event);
      return cloudEventItems(events, faults, mapping);
    }
    case 'json': {
      const { keyed, faults } = readJsonAlerts(readJson(body), mapping);
      return { items: keyed.map((one) => ({ kind: 'alert', eventId: null, ...one })), faults };
    }
  }
}

function itemsOf({ signals, faults }: AlertReading): EventReading {
  return { items: signals.map((signal) => ({ kind: 'alert', eventId: null, key: null, signal })), faults };
}

function pagerDutyItem(body: Buffer, newKey: string): EventItem {
  const event = readPagerDutyEvent(readRoutingKey(body).event, newKey);
  switch (event.action) {
    case 'trigger':
      return { kind: 'alert', eventId: null, key: event.dedupKey, signal: event.signal };
    case 'resolve':
      return { kind: 'end', key: event.dedupKey };
    case 'acknowledge':
      // Who looks after an alert is said in the product that people look at.
      return { kind: 'none' };
  }
}

/** A change has no id of its own; one that tells its time is known again by its bytes. */
function pagerDutyChange(body: Buffer): EventItem {
  const change = readPagerDutyChange(readRoutingKey(body).event);
  const eventId = change.atMs === null ? null : createHash('sha256').update(body).digest('hex');
  return { kind: 'change', eventId, change };
}

function cloudEventItems(
  events: readonly CloudEvent[],
  unreadable: readonly string[],
  mapping: EventMapping,
): EventReading {
  const items: EventItem[] = [];
  const faults = [...unreadable];
  for (const event of events) {
    try {
      items.push(cloudEventItem(event, mapping));
    } catch (error) {
      if (!(error instanceof InvalidAlert)) throw error;
      faults.push(`event ${event.id}: ${error.message}`);
    }
  }
  return { items, faults };
}

/** Source and id together are an event's identity. Throws InvalidAlert. */
function cloudEventItem(
  { id, source, type, subject, timeMs, data }: CloudEvent,
  mapping: EventMapping,
): EventItem {
  const eventId = JSON.stringify([source, id]);
  switch (meaningOf(type, mapping)) {
    case 'change':
      return {
        kind: 'change',
        eventId,
        change: readJsonChange(data, mapping, { source, service: subject, summary: type, atMs: timeMs }),
      };
    case 'alert': {
      const { signal, key } = readJsonAlert(data, mapping);
      return { kind: 'alert', eventId, key, signal: { ...signal, startsAtMs: signal.startsAtMs ?? timeMs } };
    }
    case null:
      return { kind: 'none' };
  }
}
