import { DEFAULT_MAPPING, EventMapping } from '../protocols/event-mapping';
import type { Integration } from './integration.entity';

/** Who sends an event: an integration, or a person or program with a key of their own. */
export interface EventSender {
  /** What is theirs is kept under this: deliveries, keys of alerts, budget. */
  readonly name: string;
  readonly integration: Integration | null;
}

/** What a sender without an integration may send in five minutes. */
export const DEFAULT_EVENTS_PER_5_MINUTES = 300;

export function integrationSender(integration: Integration): EventSender {
  return { name: `integration:${integration.id}`, integration };
}

/** How a sender's JSON is read. */
export function mappingOf({ integration }: EventSender): EventMapping {
  return { ...DEFAULT_MAPPING, ...(integration?.mapping as Partial<EventMapping> | undefined) };
}
