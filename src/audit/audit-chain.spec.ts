import fc from 'fast-check';

import { AuditRow, canonicalRow, ChainHead, GENESIS, Link, nextSeal, Seal, verifyChain } from './audit-chain';

const ROW: AuditRow = {
  id: '7',
  xact: '812',
  at: '1764000000.250000',
  actorKind: 'user',
  actorId: '3',
  actorName: 'ada',
  action: 'anomaly.acknowledged',
  subjectType: 'anomaly',
  subjectId: '41',
  before: '{"status": "open"}',
  after: '{"status": "acknowledged"}',
  requestId: '5b0c',
  address: '192.0.2.7',
};
const SEALED = { sealedAt: '1764000000.500000', horizon: '800' };

/** A chain over rows, in their order. */
function seal(rows: readonly AuditRow[], head: ChainHead = GENESIS): Link[] {
  return rows.map((row) => {
    const next = nextSeal(head, row, SEALED);
    head = next;
    return { seal: next, row };
  });
}

const ids = (count: number): AuditRow[] =>
  Array.from({ length: count }, (_, index) => ({ ...ROW, id: String(index + 1) }));

/** The columns that may be null, and all of them. */
const NULLABLE = ['actorId', 'subjectId', 'before', 'after', 'requestId', 'address'] as const;
const COLUMNS = Object.keys(ROW) as (keyof AuditRow)[];

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', 'null', '","', '"', '\\', '[]', '{"a": 1.0}', 'Ω\u2028'),
);
const anyRow: fc.Arbitrary<AuditRow> = fc.record({
  ...(Object.fromEntries(COLUMNS.map((column) => [column, text])) as Record<keyof AuditRow, typeof text>),
  ...(Object.fromEntries(NULLABLE.map((column) => [column, fc.option(text)])) as Record<
    (typeof NULLABLE)[number],
    fc.Arbitrary<string | null>
  >),
});
const anyRows = fc.array(anyRow, { minLength: 1, maxLength: 12 });

describe('the canonical text of an audit row', () => {
  it('is known: whoever holds an old seal can hash its row again', () => {
    expect(canonicalRow(ROW)).toBe(
      '["smartcloudops.audit-row/1","7","812","1764000000.250000","user","3","ada","anomaly.acknowledged","anomaly","41","{\\"status\\": \\"open\\"}","{\\"status\\": \\"acknowledged\\"}","5b0c","192.0.2.7"]',
    );
    const empty = {
      ...ROW,
      actorId: null,
      subjectId: null,
      before: null,
      after: null,
      requestId: null,
      address: null,
    };
    expect(canonicalRow(empty)).toBe(
      '["smartcloudops.audit-row/1","7","812","1764000000.250000","user",null,"ada","anomaly.acknowledged","anomaly",null,null,null,null,null]',
    );
  });

  it('differs between rows that differ in any column, whatever stands in it', () => {
    fc.assert(
      fc.property(anyRow, fc.constantFrom(...COLUMNS), text, (row, column, other) => {
        fc.pre(row[column] !== other);
        return canonicalRow({ ...row, [column]: other }) !== canonicalRow(row);
      }),
    );
  });

  it('says every column, and tells them apart: no two rows share one', () => {
    fc.assert(
      fc.property(anyRow, anyRow, (one, other) => {
        const isSame = COLUMNS.every((column) => one[column] === other[column]);
        return (canonicalRow(one) === canonicalRow(other)) === isSame;
      }),
    );
  });
});

describe('a seal', () => {
  it('is known: two versions of the product make the same', () => {
    const first = nextSeal(GENESIS, ROW, SEALED);
    expect(first).toEqual({
      seq: 1,
      auditId: '7',
      version: 1,
      ...SEALED,
      rowHash: '94f3b246c785e6aeaf89ec317d6474cdc76cb9e47d45d0c2888bf6c21fa543cf',
      hash: 'fdf3379fc5c6f1e4ea006aed3ebddfed4120e1f3a14a794bdfa66437cdef53cc',
    });
    expect(nextSeal(first, { ...ROW, id: '8' }, SEALED)).toMatchObject({
      seq: 2,
      hash: 'ce35a6b71643ab3b43e74312bc1bf73a28eba4d8c06b98bd48220330cd485104',
    });
  });

  it.each<[string, Partial<Seal>]>([
    ['the moment of sealing', { sealedAt: '1764000000.500001' }],
    ['the horizon', { horizon: '801' }],
  ])('also covers %s', async (_, edit) => {
    const [first, second] = seal(ids(2));
    const edited = { ...second, seal: { ...second.seal, ...edit } };
    expect((await verifyChain([first, edited])).fault).toMatchObject({ kind: 'reordered', seq: 2 });
  });
});

describe('verifying a chain', () => {
  it('holds whatever was sealed, from the start or from any place in it', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, fc.nat(), async (rows, place) => {
        const links = seal(rows);
        const from = place % links.length;
        const start = from === 0 ? GENESIS : links[from - 1].seal;
        const { verified, head, fault } = await verifyChain(links.slice(from), start);
        expect({ verified, head: head.seq, fault }).toEqual({
          verified: links.length - from,
          head: links.length,
          fault: null,
        });
      }),
    );
  });

  it('holds an empty chain', async () => {
    expect(await verifyChain([])).toEqual({ verified: 0, head: GENESIS, fault: null });
  });

  it('names the first row that was edited, in any column', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyRows,
        fc.nat(),
        fc.constantFrom(...COLUMNS),
        text,
        async (rows, place, column, other) => {
          const at = place % rows.length;
          fc.pre(rows[at][column] !== other);
          const links = seal(rows).map((link, index) =>
            index === at ? { ...link, row: { ...link.row, [column]: other } as AuditRow } : link,
          );
          const { verified, fault } = await verifyChain(links);
          expect({ verified, fault }).toMatchObject({ verified: at, fault: { kind: 'edited', seq: at + 1 } });
        },
      ),
    );
  });

  it('names the first that is missing, be it the row or its seal', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, fc.nat(), fc.boolean(), async (rows, place, isRowOnly) => {
        const links = seal(rows);
        const at = place % links.length;
        // Without its last seal a chain is a shorter chain: that takes a checkpoint.
        fc.pre(isRowOnly || at < links.length - 1);
        const left = isRowOnly
          ? links.map((link, index) => (index === at ? { ...link, row: null } : link))
          : links.filter((_, index) => index !== at);
        expect((await verifyChain(left)).fault).toMatchObject({ kind: 'missing', seq: at + 1 });
      }),
    );
  });

  it('names the first of two that changed places, with their numbers or without', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 12 }),
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        async (count, a, b, renumber) => {
          const links = seal(ids(count));
          const [low, high] = [a % count, b % count].sort((one, other) => one - other);
          fc.pre(low !== high);
          const swapped = [...links];
          [swapped[low], swapped[high]] = [links[high], links[low]];
          const shown = renumber
            ? swapped.map((link, index) => ({ ...link, seal: { ...link.seal, seq: index + 1 } }))
            : swapped;
          const { fault } = await verifyChain(shown);
          expect(fault?.seq).toBe(low + 1);
          expect(fault?.kind).toBe(renumber ? 'reordered' : 'missing');
        },
      ),
    );
  });

  it('is not fooled by a row of another chain, nor by one that comes twice', async () => {
    const links = seal(ids(4));
    const stranger = seal([{ ...ROW, id: '2', actorName: 'eve' }], links[1].seal)[0];
    expect(
      (await verifyChain([links[0], { ...stranger, seal: { ...stranger.seal, seq: 2 } }])).fault,
    ).toMatchObject({
      kind: 'reordered',
      seq: 2,
    });
    expect((await verifyChain([links[0], links[1], links[1], links[2]])).fault).toMatchObject({
      kind: 'reordered',
      seq: 2,
    });
  });

  it('says so where a seal has a form that this version does not know', async () => {
    const [first, second] = seal(ids(2));
    const later = { ...second, seal: { ...second.seal, version: 2 } };
    expect((await verifyChain([first, later])).fault).toMatchObject({
      seq: 2,
      detail: 'form 2 of the seal is not known here',
    });
  });

  it('reads no further than the first fault', async () => {
    let read = 0;
    const links = seal(ids(5)).map((link, index) => (index === 1 ? { ...link, row: null } : link));
    async function* counted(): AsyncGenerator<Link> {
      for (const link of links) {
        read += 1;
        yield link;
      }
    }
    await verifyChain(counted());
    expect(read).toBe(2);
  });
});
