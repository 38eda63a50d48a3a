import { SlowRefusals } from './slow-refusals';

const refuse = () => {
  throw new Error('not now');
};
/** The order in which things were told. */
const told = (promise: Promise<unknown>, as: string, order: string[]): Promise<void> =>
  promise.then(
    () => void order.push(as),
    () => void order.push(`${as} refused`),
  );

describe('slow refusals', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('let through at once what is taken, and tell a refusal after a while', async () => {
    const slowly = new SlowRefusals(300);
    const order: string[] = [];
    const all = [
      told(slowly.refuse(refuse), 'first', order),
      told(
        slowly.refuse(() => 'taken'),
        'second',
        order,
      ),
    ];
    await jest.advanceTimersByTimeAsync(299);
    expect(order).toEqual(['second']);
    await jest.advanceTimersByTimeAsync(1);
    await Promise.all(all);
    expect(order).toEqual(['second', 'first refused']);
  });

  it('hold so many and no more: the rest are told at once', async () => {
    const slowly = new SlowRefusals(300);
    const order: string[] = [];
    const held = Array.from({ length: 1_000 }, () => told(slowly.refuse(refuse), 'held', order));
    await told(slowly.refuse(refuse), 'one too many', order);
    expect(order).toEqual(['one too many refused']);
    await jest.advanceTimersByTimeAsync(300);
    await Promise.all(held);
    expect(order).toHaveLength(1_001);
  });
});
