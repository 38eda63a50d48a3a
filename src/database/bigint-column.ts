/** TypeORM gives bigint columns as text; ours hold ids and counts below 2^53. */
export const bigintAsNumber = {
  to: (value: number | null) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};
