import { GroupSigner, Signature } from './group-signer';

const MOST_ORDERS = 2_000;
const CUSTOMERS = 200;
const PAGE = 20;

interface Order {
  readonly id: number;
  readonly customer: number;
  readonly cents: number;
}

interface OrderPage {
  readonly orders: readonly Order[];
  readonly total_cents: number;
  readonly signature: Signature;
}

/** A small shop's orders, of bounded number: each look at a customer's page adds an order and lets the oldest go. */
export class Orders {
  private readonly orders: Order[] = [];
  private latestId = 0;

  constructor(private readonly signer: GroupSigner) {
    // Full from the start: a store that is still filling up looks like a leak, and is none.
    while (this.orders.length < MOST_ORDERS) this.add(1 + (this.latestId % CUSTOMERS));
  }

  /** A customer's newest orders, dearest first, signed. */
  async page(customer: number): Promise<OrderPage> {
    this.add(customer);
    const newest = this.orders.filter((order) => order.customer === customer).slice(-PAGE);
    const orders = newest.sort((a, b) => b.cents - a.cents);
    const total = orders.reduce((sum, { cents }) => sum + cents, 0);
    return { orders, total_cents: total, signature: await this.signer.sign(JSON.stringify(orders)) };
  }

  private add(customer: number): void {
    this.latestId += 1;
    this.orders.push({ id: this.latestId, customer, cents: 100 + ((this.latestId * 7_919) % 9_900) });
    if (this.orders.length > MOST_ORDERS) this.orders.shift();
  }
}
