import type { TableSize } from './table-sizes';

/** What some tables take together. */
export interface TableSum {
  readonly estimatedRows: number;
  /** Rows, indexes and TOAST. */
  readonly bytes: number;
  readonly indexBytes: number;
  readonly toastBytes: number;
}

/** A table with all its partitions. */
export interface WholeTable extends TableSum {
  /** With its schema: `public.anomalies`. */
  readonly name: string;
}

/** The sum over tables; all zero over none. */
export function sumOf(sizes: readonly TableSum[]): TableSum {
  const sum = { estimatedRows: 0, bytes: 0, indexBytes: 0, toastBytes: 0 };
  for (const { estimatedRows, bytes, indexBytes, toastBytes } of sizes) {
    sum.estimatedRows += estimatedRows;
    sum.bytes += bytes;
    sum.indexBytes += indexBytes;
    sum.toastBytes += toastBytes;
  }
  return sum;
}

/** Every table, partitions counted for the one that they are part of; largest first. */
export function wholeTables(sizes: readonly TableSize[]): WholeTable[] {
  const wholes = Map.groupBy(sizes, ({ schema, table, partOf }) => `${schema}.${partOf.at(-1) ?? table}`);
  return [...wholes]
    .map(([name, parts]) => ({ name, ...sumOf(parts) }))
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

/** Whether a table is the one of this name (of the schema `public`, unless the name says another), or a partition of it. */
export function isPartOf({ schema, table, partOf }: TableSize, name: string): boolean {
  const [wanted, home] = name.split('.').reverse();
  return schema === (home ?? 'public') && (table === wanted || partOf.includes(wanted));
}
