import { Injectable } from '@nestjs/common';

import { AlertIntake } from '../alerts/alert-intake.service';
import type { AlertSignal } from '../alerts/alert-signal';
import { ChangeEventService } from '../changes/change-event.service';
import type { EventSender } from '../integrations/event-sender';
import type { Labels } from '../metrics/labels';
import { AlertKeyRepository } from './alert-key.repository';
import type { EventItem, EventProtocol } from './event-item';
import { SeenEventRepository } from './seen-event.repository';

type AlertItem = Extract<EventItem, { kind: 'alert' }>;
type EndItem = Extract<EventItem, { kind: 'end' }>;

/**
 * Stores what events tell. Alerts come first, then the note that they were taken: a process that dies in between has the sender tell them
 * again, and an alert that is told twice is one alert.
 */
@Injectable()
export class EventStore {
  constructor(
    private readonly alerts: AlertIntake,
    private readonly changes: ChangeEventService,
    private readonly keys: AlertKeyRepository,
    private readonly seen: SeenEventRepository,
  ) {}

  /**
   * Stores items once each; what comes back are the reasons why some of them cannot be stored, ever. A delivery that names itself is
   * taken once as a whole.
   */
  async store(
    sender: EventSender,
    protocol: EventProtocol,
    items: readonly EventItem[],
    deliveryId: string | null,
  ): Promise<string[]> {
    const deliveries = deliveryId === null ? [] : [deliveryId];
    if (deliveryId !== null && (await this.seen.find(sender.name, deliveries)).size > 0) return [];
    const fresh = await this.withoutSeen(sender, items);
    const refused = await this.storeAlerts(
      sender,
      protocol,
      fresh.filter((item) => item.kind === 'alert' || item.kind === 'end'),
    );
    for (const item of fresh)
      if (item.kind === 'change') await this.changes.receive(item.change, sender, item.eventId);
    const taken = fresh.filter((item) => !refused.has(item));
    const ids = [...deliveries, ...taken.map(eventIdOf).filter((id) => id !== null)];
    if (ids.length > 0) await this.seen.note(sender.name, ids);
    return [...refused.values()];
  }

  /** Each event id once, and none that was taken before. */
  private async withoutSeen(sender: EventSender, items: readonly EventItem[]): Promise<EventItem[]> {
    const ids = [...new Set(items.map(eventIdOf).filter((id) => id !== null))];
    if (ids.length === 0) return [...items];
    const taken = await this.seen.find(sender.name, ids);
    return items.filter((item) => {
      const id = eventIdOf(item);
      if (id === null) return true;
      if (taken.has(id)) return false;
      taken.add(id);
      return true;
    });
  }

  /** Returns those that no alert can be made of, with the reason. */
  private async storeAlerts(
    sender: EventSender,
    protocol: EventProtocol,
    items: readonly (AlertItem | EndItem)[],
  ): Promise<Map<EventItem, string>> {
    const labels = await this.labelsOf(sender.name, items);
    const told = items.flatMap((item) => {
      const signal = signalOf(item, labels);
      return signal === null ? [] : [{ item, signal }];
    });
    if (told.length === 0) return new Map();
    const { refusals } = await this.alerts.receive(
      told.map(({ signal }) => signal),
      { source: protocol, integrationId: sender.integration?.id ?? null },
    );
    const ended = endedKeys(items);
    if (ended.length > 0) await this.keys.forget(sender.name, ended);
    return new Map(refusals.map(({ index, message }) => [told[index].item, message]));
  }

  /** The labels that each key stands for: those that its alert began with. */
  private async labelsOf(
    sender: string,
    items: readonly (AlertItem | EndItem)[],
  ): Promise<Map<string, Labels>> {
    const firing = new Map<string, Labels>();
    const keys = new Set<string>();
    for (const item of items) {
      if (item.key === null) continue;
      keys.add(item.key);
      if (item.kind === 'alert' && item.signal.status === 'firing' && !firing.has(item.key))
        firing.set(item.key, item.signal.labels);
    }
    if (firing.size > 0)
      await this.keys.remember(
        sender,
        [...firing].map(([key, labels]) => ({ key, labels })),
      );
    return keys.size === 0 ? new Map() : this.keys.find(sender, [...keys]);
  }
}

function eventIdOf(item: EventItem): string | null {
  return item.kind === 'alert' || item.kind === 'change' ? item.eventId : null;
}

/** Null for the end of an alert that nobody has told of. */
function signalOf(item: AlertItem | EndItem, labels: ReadonlyMap<string, Labels>): AlertSignal | null {
  const known = item.key === null ? undefined : labels.get(item.key);
  if (item.kind === 'alert') return known === undefined ? item.signal : { ...item.signal, labels: known };
  return known === undefined
    ? null
    : {
        labels: known,
        annotations: {},
        status: 'resolved',
        startsAtMs: null,
        endsAtMs: null,
        generatorUrl: null,
        values: null,
      };
}

/** Keys whose alert is over after these items. */
function endedKeys(items: readonly (AlertItem | EndItem)[]): string[] {
  const isOver = new Map<string, boolean>();
  for (const item of items)
    if (item.key !== null) isOver.set(item.key, item.kind === 'end' || item.signal.status === 'resolved');
  return [...isOver].filter(([, over]) => over).map(([key]) => key);
}
