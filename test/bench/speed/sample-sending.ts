import { loadQueues, Outcome, rawPost, RequestQueue } from './load';
import { SampleReceiver } from './sample-receivers';
import { SampleBody, SenderSeries, STEP_MS } from './sample-requests';

/** Requests made ahead of a turn, in what a sender got through at most before. */
const AHEAD = 1.6;
const FIRST_REQUESTS = { 10000: 60, 1000: 500 } as const;

/** One protocol spoken to one receiver. */
export interface SampleWay {
  readonly target: string;
  readonly receiver: SampleReceiver;
  readonly path: string;
  readonly body: (series: SenderSeries) => SampleBody;
  headers(): Promise<Record<string, string>>;
}

/** So many senders, each of which tells of so many series a request. */
export interface SampleWork {
  readonly name: string;
  readonly senders: number;
  readonly count: keyof typeof FIRST_REQUESTS;
}

/** The senders of one way at one work. */
export class SampleSending {
  private readonly bodies: readonly SampleBody[];
  private requestsAhead: number;

  constructor(
    readonly way: SampleWay,
    private readonly work: SampleWork,
  ) {
    const { senders, count } = work;
    this.bodies = Array.from({ length: senders }, (_, sender) => way.body({ first: sender * count, count }));
    this.requestsAhead = FIRST_REQUESTS[count];
  }

  /** Makes requests, has them sent by the turn, which says how many were acknowledged, and moves the receiver's clock past them. */
  async during(
    turn: (load: (durationMs: number) => Promise<Outcome>) => Promise<number>,
  ): Promise<RequestQueue[]> {
    const { receiver, path } = this.way;
    const headers = await this.way.headers();
    const queues = this.bodies.map(
      (body) =>
        new RequestQueue(
          Array.from({ length: this.requestsAhead }, (_, i) =>
            rawPost(path, headers, body(receiver.clockMs + i * STEP_MS)),
          ),
        ),
    );
    const requests = await turn((durationMs) => loadQueues(receiver.server.port, queues, durationMs));
    receiver.acknowledged += requests * this.work.count;
    const most = Math.max(...queues.map(({ sent }) => sent));
    receiver.clockMs += most * STEP_MS;
    this.requestsAhead = Math.max(this.requestsAhead, Math.ceil(most * AHEAD));
    return queues;
  }
}
