import fc from 'fast-check';

import { UsageBook } from './usage-book';

const WINDOW = 60;

/** Several processes with what they have told each other: the row in the database. */
class Processes {
  readonly books: UsageBook[];
  admitted = 0;
  stored = 0;
  private readonly underWay: (number | null)[];

  constructor(count: number, limit: number) {
    this.books = Array.from({ length: count }, () => new UsageBook(limit));
    this.underWay = this.books.map(() => null);
  }

  /** One request at a process; reports first where it must, as the service does. Returns whether it was admitted. */
  request(process: number): boolean {
    for (;;) {
      const turn = this.books[process].take('caller', WINDOW);
      if (turn === 'admitted') this.admitted += 1;
      if (turn !== 'unsure') return turn === 'admitted';
      this.report(process);
      this.hear(process);
    }
  }

  /** A report leaves and is stored ... */
  report(process: number): void {
    if (this.underWay[process] !== null) return;
    const [news] = this.books[process].beginReport(WINDOW);
    this.stored += news?.count ?? 0;
    this.underWay[process] = this.stored;
  }

  /** ... and some time later its answer is heard. */
  hear(process: number): void {
    const total = this.underWay[process];
    if (total === null) return;
    this.books[process].endReport(WINDOW, new Map([['caller', total]]));
    this.underWay[process] = null;
  }
}

describe('the usage book', () => {
  it('admits the limit and not one more where there is one process', () => {
    const alone = new Processes(1, 7);
    expect(Array.from({ length: 9 }, () => alone.request(0))).toEqual([
      ...Array<boolean>(7).fill(true),
      false,
      false,
    ]);
  });

  it('counts callers apart', () => {
    const book = new UsageBook(1);
    expect([book.take('a', WINDOW), book.take('a', WINDOW), book.take('b', WINDOW)]).toEqual([
      'admitted',
      'refused',
      'admitted',
    ]);
  });

  it('asks the others after a slice of a tenth, and not before', () => {
    const book = new UsageBook(100);
    const turns = Array.from({ length: 11 }, () => book.take('a', WINDOW));
    expect(turns).toEqual([...Array<string>(10).fill('admitted'), 'unsure']);
    expect(book.beginReport(WINDOW)).toEqual([{ caller: 'a', count: 10 }]);
    expect(book.take('a', WINDOW)).toBe('unsure');
    book.endReport(WINDOW, new Map([['a', 99]]));
    expect([book.take('a', WINDOW), book.take('a', WINDOW)]).toEqual(['admitted', 'refused']);
  });

  it('says how many are left', () => {
    const book = new UsageBook(3);
    expect(book.remaining('a', WINDOW)).toBe(3);
    book.take('a', WINDOW);
    expect(book.remaining('a', WINDOW)).toBe(2);
    book.beginReport(WINDOW);
    book.endReport(WINDOW, new Map([['a', 5]]));
    expect(book.remaining('a', WINDOW)).toBe(0);
  });

  it('reports what is new, once, and again where the report failed', () => {
    const book = new UsageBook(100);
    book.take('a', WINDOW);
    book.take('b', WINDOW);
    expect(book.beginReport(WINDOW)).toEqual([
      { caller: 'a', count: 1 },
      { caller: 'b', count: 1 },
    ]);
    book.take('a', WINDOW);
    book.failReport(WINDOW);
    expect(book.beginReport(WINDOW)).toEqual([
      { caller: 'a', count: 2 },
      { caller: 'b', count: 1 },
    ]);
    book.endReport(WINDOW, new Map());
    expect(book.beginReport(WINDOW)).toEqual([]);
    expect(book.remaining('a', WINDOW)).toBe(98);
  });

  it('keeps to the limit alone where nobody can be heard', () => {
    const book = new UsageBook(50);
    const turns = Array.from({ length: 60 }, () => book.takeAlone('a', WINDOW));
    expect(turns.filter((turn) => turn === 'admitted')).toHaveLength(50);
  });

  it('begins each window with nothing, and hears no answer about the last', () => {
    const book = new UsageBook(2);
    book.take('a', WINDOW);
    book.beginReport(WINDOW);
    expect(book.remaining('a', WINDOW + 60)).toBe(2);
    book.endReport(WINDOW, new Map([['a', 2]]));
    book.failReport(WINDOW);
    expect(book.remaining('a', WINDOW + 60)).toBe(2);
    expect(book.beginReport(WINDOW + 60)).toEqual([]);
  });

  const step = fc.record({
    kind: fc.constantFrom('request', 'request', 'report', 'hear'),
    process: fc.nat(4),
  });
  const story = fc.record({
    count: fc.integer({ min: 1, max: 5 }),
    limit: fc.integer({ min: 1, max: 60 }),
    steps: fc.array(step, { maxLength: 400 }),
  });

  it('never admits more than a slice a process too many, and never refuses before the limit is reached', () => {
    fc.assert(
      fc.property(story, ({ count, limit, steps }) => {
        const processes = new Processes(count, limit);
        const { slice } = processes.books[0];
        for (const { kind, process } of steps) {
          const at = process % count;
          if (kind === 'report') processes.report(at);
          else if (kind === 'hear') processes.hear(at);
          else if (!processes.request(at)) expect(processes.admitted).toBeGreaterThanOrEqual(limit);
        }
        const slack = count === 1 ? 0 : count * slice - 1;
        expect(processes.admitted).toBeLessThanOrEqual(limit + slack);
      }),
    );
  });

  it('does admit that many in the worst of cases, so that the bound is not a guess', () => {
    const processes = new Processes(2, 100);
    // Both hear of 90, then each admits a slice before it hears of the other's.
    for (let i = 0; i < 45; i += 1) for (const at of [0, 1]) processes.request(at);
    for (const at of [0, 1, 0, 1]) {
      processes.report(at);
      processes.hear(at);
    }
    for (let i = 0; i < 10; i += 1) for (const at of [0, 1]) processes.request(at);
    expect(processes.admitted).toBeGreaterThan(100);
    expect(processes.admitted).toBeLessThanOrEqual(119);
    expect([processes.request(0), processes.request(1)]).toEqual([false, false]);
  });
});
