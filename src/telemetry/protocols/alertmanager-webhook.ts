import { InvalidAlert } from '../alerts/alert.errors';
import type { AlertSignal } from '../alerts/alert-signal';
import {
  AlertReading,
  MAX_ALERTS,
  readAnnotations,
  readEach,
  readLabels,
  readTime,
  readUrl,
} from './alert-reading';
import { InvalidEvent } from './event.errors';
import { isObject, JsonObject, readJsonObject } from './event-body';

/**
 * Reads a notification of Alertmanager's webhook receiver (payload version 4). Members that we do not know are left out, so that newer
 * versions can add some. While an alert fires its end is unknown, whatever is sent: Alertmanager repeats it only every few hours.
 * Throws  InvalidEvent where the body is no notification at all.
 * Source  https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function readAlertmanagerWebhook(body: Uint8Array): AlertReading {
  return readNotification(readJsonObject(body), readAlert);
}

/** The alerts of a notification, each with the members of an alert beside what `read` makes of it. */
export function readNotification(
  notification: JsonObject,
  read: (alert: JsonObject, status: unknown) => AlertSignal,
): AlertReading {
  const { alerts, status } = notification;
  if (!Array.isArray(alerts)) throw new InvalidEvent('The notification needs a list of alerts');
  if (alerts.length > MAX_ALERTS)
    throw new InvalidEvent(`A notification has at most ${MAX_ALERTS} alerts; set max_alerts`);
  return readEach(alerts, 'alerts', (alert) => {
    if (!isObject(alert)) throw new InvalidAlert('must be an object');
    return read(alert, alert.status ?? status);
  });
}

/** One alert in the shape that Alertmanager and Grafana share. Throws InvalidAlert. */
export function readAlert(alert: JsonObject, status: unknown): AlertSignal {
  if (status !== 'firing' && status !== 'resolved')
    throw new InvalidAlert('status must be firing or resolved');
  const endsAtMs = readTime(alert.endsAt, 'endsAt');
  return {
    labels: readLabels(alert.labels),
    annotations: readAnnotations(alert.annotations),
    status,
    startsAtMs: readTime(alert.startsAt, 'startsAt'),
    endsAtMs: status === 'resolved' ? endsAtMs : null,
    generatorUrl: readUrl(alert.generatorURL),
    values: null,
  };
}
