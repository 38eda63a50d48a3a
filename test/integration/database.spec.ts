import { AsyncResource } from 'node:async_hooks';

import { AuditService } from '../../src/audit/audit.service';
import { DomainError } from '../../src/common/errors/domain-error';
import { Database } from '../../src/database/database';
import { Idempotency } from '../../src/database/idempotency.service';
import { Leadership } from '../../src/database/leadership';
import { eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

describe('the database', () => {
  let shared: TestDatabase;
  let server: TestApp;
  let database: Database;
  beforeAll(async () => {
    shared = await createTestDatabase();
    server = await TestApp.start({}, shared);
    database = server.app.get(Database);
  });
  afterAll(async () => {
    await server.stop();
    await shared.drop();
  });

  const change = { action: 'test.changed', subjectType: 'test', subjectId: 1 };
  const audited = async () =>
    Number(
      (
        await shared.query<{ n: unknown }>(
          `SELECT count(*) AS n FROM audit_log WHERE action = 'test.changed'`,
        )
      )[0].n,
    );

  it('commits everything of a transaction or nothing, inner ones joining', async () => {
    const audit = server.app.get(AuditService);
    await expect(
      database.run(async () => {
        await database.run(() => audit.record(change));
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await audited()).toBe(0);
    await database.run(() => database.run(() => audit.record(change, change)));
    expect(await audited()).toBe(2);
  });

  it('writes no audit row outside of the transaction of its change', async () => {
    await expect(server.app.get(AuditService).record(change)).rejects.toThrow('in the transaction');
  });

  it.each(['UPDATE audit_log SET action = $$x$$', 'DELETE FROM audit_log', 'TRUNCATE audit_log'])(
    'refuses %s',
    async (statement) => {
      await expect(shared.query(statement)).rejects.toThrow('append-only');
    },
  );

  it('wakes who waits for a commit only after it, and not at all after a rollback', async () => {
    const calls: string[] = [];
    await database.run(async () => {
      database.afterCommit(() => calls.push('woken'));
      calls.push('work');
    });
    await database
      .run(async () => {
        database.afterCommit(() => calls.push('never'));
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(calls).toEqual(['work', 'woken']);
  });

  describe('runs a named statement', () => {
    const ECHO = {
      name: 'test_echo',
      text: `SELECT $1::text AS text, $2::bigint AS count, $3::timestamptz AS at, $4::jsonb AS object, $5::integer[] AS ids, NULL::text AS nothing`,
    };

    it('with every kind of value, the same the first time and again, on any connection and in a transaction', async () => {
      const at = new Date('2026-01-31T10:00:00.123Z');
      const values = ['it’s “quoted”', 7, at, { cpu: [1, null] }, [1, 2]];
      const row = { text: values[0], count: 7, at, object: { cpu: [1, null] }, ids: [1, 2], nothing: null };
      const ask = () => database.query(ECHO, values);
      expect(await Promise.all([ask(), ask(), ask()])).toEqual([[row], [row], [row]]);
      expect(await database.run(async () => [await ask(), await ask()])).toEqual([[row], [row]]);
      expect(await database.query(ECHO, [null, null, null, null, null])).toEqual([
        { text: null, count: null, at: null, object: null, ids: null, nothing: null },
      ]);
    });

    it('that gives no rows, or none of this time', async () => {
      const odd = {
        name: 'test_odd',
        text: 'SELECT n FROM generate_series(1, $1::integer) AS n WHERE n % 2 = 1',
      };
      expect(await database.query(odd, [3])).toEqual([{ n: 1 }, { n: 3 }]);
      expect(await database.query(odd, [0])).toEqual([]);
      expect(await database.query({ name: 'test_silent', text: 'SET TIME ZONE DEFAULT' })).toEqual([]);
    });

    it('and is none the worse for one that fails: in its text, in its values, halfway through', async () => {
      const divide = {
        name: 'test_divide',
        text: 'SELECT 10 / n AS part FROM generate_series($1::integer, -2, -1) AS n',
      };
      await database.run(async () => {
        expect(await database.query(divide, [-1])).toHaveLength(2);
      });
      await expect(database.query(divide, [2])).rejects.toMatchObject({ code: '22012' });
      await expect(database.query({ name: 'test_wrong', text: 'SELEC' })).rejects.toMatchObject({
        code: '42601',
      });
      const circle: { self?: object } = {};
      circle.self = circle;
      await expect(database.query(ECHO, [null, null, null, circle, null])).rejects.toThrow('circular');
      expect(await database.query(divide, [-1])).toEqual([{ part: -10 }, { part: -5 }]);
      expect(database.poolUsage()).toMatchObject({ waiting: 0 });
    });

    it('under one name for one text only', async () => {
      await database.run(async () => {
        await database.query({ name: 'test_name', text: 'SELECT 1 AS one' });
        await expect(database.query({ name: 'test_name', text: 'SELECT 2 AS two' })).rejects.toThrow(
          'two texts',
        );
      });
    });
  });

  it('tells statements apart whose long names differ at the end only', async () => {
    const named = (end: string) => ({
      name: `test_${'long_'.repeat(12)}${end}`,
      text: `SELECT '${end}' AS text`,
    });
    await database.run(async () => {
      for (const end of ['asc', 'desc']) expect(await database.query(named(end))).toEqual([{ text: end }]);
    });
  });

  describe('reads what is asked for at the same time', () => {
    const ECHO = { name: 'test_read', text: 'SELECT $1::text AS text, $2::integer / $3::integer AS part' };
    const ask = (text: unknown, by = 1) => database.read(ECHO, [text, 6, by]);
    const backend = { name: 'test_backend', text: 'SELECT pg_backend_pid() AS pid' };

    it('together, each with its own answer', async () => {
      const texts = Array.from({ length: 20 }, (_, n) => `text ${n}`);
      for (let again = 0; again < 2; again++)
        expect(await Promise.all(texts.map((text) => ask(text)))).toEqual(
          texts.map((text) => [{ text, part: 6 }]),
        );
      const pids = await Promise.all([1, 2, 3].map(() => database.read<{ pid: number }>(backend)));
      expect(new Set(pids.map(([{ pid }]) => pid)).size).toBe(1);
      expect(database.poolUsage()).toMatchObject({ waiting: 0 });
    });

    it('so that one that fails takes nobody with it', async () => {
      const circle: { self?: object } = {};
      circle.self = circle;
      const wrong = { name: 'test_wrong_read', text: 'SELEC' };
      const ends = await Promise.allSettled([
        ask('first'),
        ask(circle),
        ask('second', 0),
        ask('third'),
        database.read(wrong),
        ask('fourth', 2),
      ]);
      expect(ends).toMatchObject([
        { value: [{ text: 'first', part: 6 }] },
        { reason: { message: expect.stringContaining('circular') as string } },
        { reason: { code: '22012' } },
        { value: [{ text: 'third', part: 6 }] },
        { reason: { code: '42601' } },
        { value: [{ text: 'fourth', part: 3 }] },
      ]);
      expect(await Promise.all([ask('again'), ask('and again')])).toHaveLength(2);
    });

    it('and on another connection where the first one ends', async () => {
      const end = { name: 'test_end', text: 'SELECT pg_terminate_backend(pg_backend_pid())' };
      const ends = await Promise.allSettled([ask('before'), database.read(end), ask('behind')]);
      expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await ask('after')).toEqual([{ text: 'after', part: 6 }]);
    });

    it('on the connection of the open transaction, where there is one', async () => {
      await database.run(async () => {
        const [[here], [there]] = await Promise.all([
          database.query<{ pid: number }>(backend),
          database.read<{ pid: number }>(backend),
        ]);
        expect(there).toEqual(here);
      });
    });
  });

  describe('around foreign work', () => {
    const write = () => database.run(() => server.app.get(AuditService).record(change));
    const fail = () =>
      database.run(async () => {
        await server.app.get(AuditService).record(change);
        throw new Error('no');
      });

    it('lets each transaction inside succeed or fail by itself, and holds all of it back until the end', async () => {
      const before = await audited();
      await database.enclose(async () => {
        await write();
        await expect(fail()).rejects.toThrow('no');
        await write();
        expect(await audited()).toBe(before);
      });
      expect(await audited()).toBe(before + 2);
    });

    it('keeps nothing of it where the work as a whole fails', async () => {
      const before = await audited();
      const enclosed = database.enclose(async () => {
        await write();
        throw new Error('no');
      });
      await expect(enclosed).rejects.toThrow('no');
      expect(await audited()).toBe(before);
    });

    it('runs transactions that begin at once one after the other, also inside each other', async () => {
      const before = await audited();
      await database.enclose(async () => {
        const ends = await Promise.allSettled([write(), fail(), database.run(write), fail(), write()]);
        expect(ends.map(({ status }) => status)).toEqual([
          'fulfilled',
          'rejected',
          'fulfilled',
          'rejected',
          'fulfilled',
        ]);
      });
      expect(await audited()).toBe(before + 3);
    });

    it('wakes whom a transaction inside wanted to wake when all of it has committed, and nobody for one that failed', async () => {
      const calls: string[] = [];
      await database.enclose(async () => {
        await database.run(async () => database.afterCommit(() => calls.push('woken')));
        await database
          .run(async () => {
            database.afterCommit(() => calls.push('never'));
            throw new Error('no');
          })
          .catch(() => undefined);
        calls.push('work');
      });
      expect(calls).toEqual(['work', 'woken']);
    });

    it('stands outermost', async () => {
      await expect(database.run(() => database.enclose(write))).rejects.toThrow('not inside a transaction');
    });
  });

  describe('where transactions cross', () => {
    const LOCK = { name: 'test_lock', text: 'SELECT pg_advisory_xact_lock(91, $1)' };

    /** Work that takes two locks, in whichever order, and the second not before others hold their first. */
    const crossing = () => {
      let arrived = 0;
      let meet = (): void => undefined;
      const met = new Promise<void>((resolve) => (meet = resolve));
      return async (first: number, second: number) => {
        await database.query(LOCK, [first]);
        arrived += 1;
        if (arrived === 2) meet();
        await met;
        await database.query(LOCK, [second]);
        await server.app.get(AuditService).record(change);
        return first;
      };
    };

    it('runs the one again that Postgres undid, and does each once', async () => {
      const [before, repeated] = [await audited(), database.repeatedCount];
      const work = crossing();
      const calls: number[] = [];
      const run = (first: number, second: number) =>
        database.run(async () => {
          database.afterCommit(() => calls.push(first));
          return database.run(() => work(first, second));
        });
      expect(await Promise.all([run(1, 2), run(2, 1)])).toEqual([1, 2]);
      expect(await audited()).toBe(before + 2);
      expect(calls.sort()).toEqual([1, 2]);
      expect(database.repeatedCount).toBe(repeated + 1);
    });

    it('does so for a part of foreign work, too', async () => {
      const before = await audited();
      const work = crossing();
      const enclosed = database.enclose(() => database.run(() => work(1, 2)));
      expect(await Promise.all([enclosed, database.run(() => work(2, 1))])).toEqual([1, 2]);
      expect(await audited()).toBe(before + 2);
    });

    it('tells who said that their work cannot be run again', async () => {
      const before = await audited();
      const work = crossing();
      const ends = await Promise.allSettled([
        database.runOnce(() => work(1, 2)),
        database.runOnce(() => work(2, 1)),
      ]);
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await audited()).toBe(before + 1);
    });
  });

  it('is outside of a transaction again where something begun inside outlives it', async () => {
    let isInside = () => database.inTransaction;
    await database.run(async () => {
      isInside = AsyncResource.bind(isInside);
      expect(isInside()).toBe(true);
    });
    expect(isInside()).toBe(false);
  });

  it('keeps what a refused request wrote about itself, under an idempotency key as without one', async () => {
    const before = await audited();
    const request = { caller: 'user:1', route: 'POST /x', key: 'refused', params: {}, query: {}, body: {} };
    const refused = server.app.get(Idempotency).once(request, async () => {
      await database.run(() => server.app.get(AuditService).record(change));
      throw new DomainError('conflict', 'test/refused', 'no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(await audited()).toBe(before + 1);
  });

  it('streams a result of any size in one snapshot, and gives its connection back when the reader leaves', async () => {
    const before = database.poolUsage();
    let seen = 0;
    for await (const { n } of database.stream<{ n: number }>('SELECT generate_series(1, 100000) AS n', [])) {
      seen = n;
      if (n === 2_500) break;
    }
    expect(seen).toBe(2_500);
    await eventually(
      () => database.poolUsage(),
      ({ total, idle }) => total - idle <= before.total - before.idle,
    );
  });

  it('gives an office to one process at a time, and to another when the first lets go', async () => {
    const second = await TestApp.start({}, shared);
    const offices: string[] = [];
    const candidate = (name: string) => ({
      elected: async () => void offices.push(`${name} in`),
      deposed: async () => void offices.push(`${name} out`),
    });
    server.app.get(Leadership).campaign('test-office', candidate('first'));
    await eventually(
      () => offices,
      (list) => list.length === 1,
    );
    second.app.get(Leadership).campaign('test-office', candidate('second'));
    expect(server.app.get(Leadership).holds('test-office')).toBe(true);
    // The first one's session ends, as when its process dies.
    await shared.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7203452 AND objid = hashtext('test-office')::bigint & 4294967295`,
    );
    await eventually(
      () => offices,
      (list) => list.includes('first out') && list.filter((entry) => entry.endsWith(' in')).length === 2,
    );
    expect(offices.filter((entry) => entry.endsWith(' in'))).toHaveLength(2);
    await second.stop();
  });
});
