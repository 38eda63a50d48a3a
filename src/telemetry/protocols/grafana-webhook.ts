import { AlertReading, readNumbers } from './alert-reading';
import { readAlert, readNotification } from './alertmanager-webhook';
import { isObject, JsonObject, readJsonObject } from './event-body';

/** Links and texts that stand beside an alert's annotations, and what they are called among them. */
const EXTRAS = {
  dashboardURL: 'dashboard_url',
  panelURL: 'panel_url',
  silenceURL: 'silence_url',
  imageURL: 'image_url',
  valueString: 'value_string',
} as const;

/**
 * Reads a notification of Grafana's webhook contact point: Alertmanager's shape, with the numbers that fired and links to what shows them.
 * Throws  InvalidEvent where the body is no notification at all.
 * Source  https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 */
export function readGrafanaWebhook(body: Uint8Array): AlertReading {
  return readNotification(readJsonObject(body), (alert, status) => {
    const annotations = isObject(alert.annotations) ? alert.annotations : {};
    const signal = readAlert({ ...alert, annotations: { ...extrasOf(alert), ...annotations } }, status);
    return { ...signal, values: readNumbers(alert.values) };
  });
}

function extrasOf(alert: JsonObject): Record<string, string> {
  const present = Object.entries(EXTRAS).flatMap(([member, name]) => {
    const text = alert[member];
    return typeof text === 'string' && text !== '' ? [[name, text] as const] : [];
  });
  return Object.fromEntries(present);
}
