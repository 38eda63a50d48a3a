import { Turns } from './turns';

describe('turns', () => {
  const step = async (events: string[], name: string): Promise<string> => {
    events.push(`${name} begins`);
    await Promise.resolve();
    events.push(`${name} ends`);
    return name;
  };

  it('lets work on one key happen one after the other, also after a failure', async () => {
    const turns = new Turns(10);
    const events: string[] = [];
    const failing = turns.inTurn('k', async () => {
      await step(events, 'a');
      throw new Error('no');
    });
    const following = turns.inTurn('k', () => step(events, 'b'));
    await expect(failing).rejects.toThrow('no');
    expect(await following).toBe('b');
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('does not hold up other keys', async () => {
    const turns = new Turns(10);
    const events: string[] = [];
    await Promise.all([
      turns.inTurn('k', () => step(events, 'a')),
      turns.inTurn('l', () => step(events, 'b')),
    ]);
    expect(events.slice(0, 2)).toEqual(['a begins', 'b begins']);
  });

  it('turns away whoever comes to a line that is too long, and opens again', async () => {
    const turns = new Turns(1);
    const outcomes = await Promise.all(
      ['a', 'b', 'c'].map((name) => turns.inTurn('k', () => step([], name))),
    );
    expect(outcomes).toEqual(['a', 'b', null]);
    expect(await turns.inTurn('k', () => step([], 'd'))).toBe('d');
  });
});
