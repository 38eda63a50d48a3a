import { IncomingHttpHeaders } from 'node:http';

import { signatureProblem } from './webhook-signature';

/** What the receiver says to an order. */
export interface ReceiverAnswer {
  readonly status: number;
  readonly body: object;
}

interface DoneOrder {
  readonly text: string;
  readonly answer: ReceiverAnswer;
}

/** Orders that are remembered; repetitions come within minutes. */
const REMEMBERED = 1_000;

/** What is done on an order, by its type; it says what was done. */
export type KnownOrders = Readonly<Record<string, () => string>>;

/**
 * Takes orders: signed ones only, and each once. An order that comes again under its Idempotency-Key is answered as the first time, without a
 * second effect.
 */
export class RemediationReceiver {
  private readonly done = new Map<string, DoneOrder>();

  constructor(
    private readonly secret: string,
    private readonly orders: KnownOrders,
  ) {}

  receive(headers: IncomingHttpHeaders, body: Buffer, nowSeconds: number): ReceiverAnswer {
    const problem = signatureProblem(this.secret, headers, body, nowSeconds);
    if (problem !== null) return refusal(401, problem);
    const key = headers['idempotency-key'];
    if (typeof key !== 'string' || key === '') return refusal(400, 'Idempotency-Key is needed');
    const text = body.toString();
    const earlier = this.done.get(key);
    if (earlier !== undefined)
      return earlier.text === text ? earlier.answer : refusal(422, 'the key was used for another order');
    const type = orderType(text);
    if (typeof type !== 'string' || !Object.hasOwn(this.orders, type))
      return refusal(400, `the orders known here are ${Object.keys(this.orders).join(', ')}`);
    const answer = { status: 200, body: { status: 'done', message: this.orders[type]() } };
    this.remember(key, { text, answer });
    return answer;
  }

  private remember(key: string, order: DoneOrder): void {
    this.done.set(key, order);
    const [oldest] = this.done.keys();
    if (this.done.size > REMEMBERED) this.done.delete(oldest);
  }
}

function orderType(text: string): unknown {
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type;
  } catch {
    return undefined;
  }
}

function refusal(status: number, message: string): ReceiverAnswer {
  return { status, body: { status: 'refused', message } };
}
