/** What pg's typings leave out: how it writes a parameter as text. */
declare module 'pg/lib/utils' {
  export function prepareValue(value: unknown): string | Buffer | null;
}
