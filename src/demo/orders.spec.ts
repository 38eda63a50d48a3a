import { GroupSigner } from './group-signer';
import { Orders } from './orders';

const AT_ONCE = { sign: async (text: string) => ({ hash: text, group: 'g' }) } as unknown as GroupSigner;

describe('the orders of the sample service', () => {
  it('shows a customer their own orders, dearest first, with the sum', async () => {
    const { orders, total_cents } = await new Orders(AT_ONCE).page(7);
    expect(new Set(orders.map(({ customer }) => customer))).toEqual(new Set([7]));
    expect(orders.map(({ cents }) => cents)).toEqual(orders.map(({ cents }) => cents).sort((a, b) => b - a));
    expect(total_cents).toBe(orders.reduce((sum, { cents }) => sum + cents, 0));
  });

  it('adds an order at each look, and never shows more than a page', async () => {
    const shop = new Orders(AT_ONCE);
    const before = await shop.page(7);
    for (let i = 0; i < 50; i += 1) await shop.page(7);
    const after = await shop.page(7);
    expect(Math.max(...after.orders.map(({ id }) => id))).toBe(
      Math.max(...before.orders.map(({ id }) => id)) + 51,
    );
    expect(after.orders).toHaveLength(20);
  });
});
