import { HeardEvent } from './fault-trial';
import { AnomalyChange } from './product-answers';
import { ProductClient } from './product-client';

const PREFIX = 'anomaly.';

/** Everything the product's anomaly stream tells, kept and passed on as it comes. */
export class AnomalyFeed {
  readonly events: HeardEvent[] = [];

  /** Resolves once nothing can be missed any more. `onFailure` hears of a stream that cannot be followed. */
  static async start(
    client: ProductClient,
    onEvent: (event: HeardEvent) => void,
    onFailure: (error: Error) => void,
  ): Promise<AnomalyFeed> {
    const feed = new AnomalyFeed();
    await new Promise<void>((resolve, reject) => {
      feed.follow(client, resolve, onEvent).catch((error: Error) => {
        reject(error);
        onFailure(error);
      });
    });
    return feed;
  }

  private async follow(
    client: ProductClient,
    onOpen: () => void,
    onEvent: (event: HeardEvent) => void,
  ): Promise<void> {
    for await (const { event, data } of client.follow('/api/anomalies/stream', onOpen)) {
      const { anomaly } = JSON.parse(data) as AnomalyChange;
      if (!event.startsWith(PREFIX) || anomaly === null) continue;
      const heard = { atMs: Date.now(), event: event.slice(PREFIX.length), anomaly };
      this.events.push(heard);
      onEvent(heard);
    }
  }
}
