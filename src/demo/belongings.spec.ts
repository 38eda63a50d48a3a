import { Belongings } from './belongings';

describe('belongings', () => {
  it('are stopped in the reverse order of their start', async () => {
    const order: string[] = [];
    const belongings = new Belongings();
    belongings.own({ stop: () => void order.push('service') });
    belongings.own({ stop: async () => void order.push('server') });
    belongings.later(() => void order.push('farewell'));
    await belongings.stopAll();
    expect(order).toEqual(['farewell', 'server', 'service']);
  });

  it('are all stopped although one of them fails, and the failure is told', async () => {
    const order: string[] = [];
    const belongings = new Belongings();
    belongings.own({ stop: () => void order.push('service') });
    belongings.own({ stop: () => Promise.reject(new Error('stuck')) });
    await expect(belongings.stopAll()).rejects.toThrow('stuck');
    expect(order).toEqual(['service']);
  });

  it('are stopped once', async () => {
    let stops = 0;
    const belongings = new Belongings();
    belongings.own({ stop: () => void (stops += 1) });
    await belongings.stopAll();
    await belongings.stopAll();
    expect(stops).toBe(1);
  });
});
