import { readDecimalNumber } from '../metrics/number-text';
import { InvalidWireBody } from './protocols.errors';

export type JsonMessage = Readonly<Record<string, unknown>>;

const NOT_FINITE: ReadonlyMap<unknown, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);
const INTEGER = /^-?\d{1,20}$/;
const NANOSECONDS = /^\d{1,20}$/;
/** Decimal digits from nanoseconds to milliseconds. */
const MS_DIGITS = 6;

/**
 * Reads messages in protobuf's JSON mapping: a member that is absent or null has its default, 64-bit integers are texts or numbers, and
 * members that are not asked for are ignored. Throws InvalidWireBody that says where a member of another type stands.
 */
export class JsonReader {
  private readonly path: (string | number)[] = [];

  message(value: unknown): JsonMessage {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.fail('must be an object');
    return value as JsonMessage;
  }

  /** The nested message, which `read` reads where it is there. */
  nested(parent: JsonMessage, member: string, read: (message: JsonMessage) => void): void {
    const value = parent[member];
    if (value === undefined || value === null) return;
    this.path.push(member);
    read(this.message(value));
    this.path.pop();
  }

  /** Each message of a list. */
  each(parent: JsonMessage, member: string, read: (message: JsonMessage) => void): void {
    this.items(parent, member, (item) => read(this.message(item)));
  }

  text(parent: JsonMessage, member: string): string {
    const value = parent[member] ?? '';
    return typeof value === 'string' ? value : this.failAt(member, 'must be a string');
  }

  boolean(parent: JsonMessage, member: string): boolean {
    const value = parent[member] ?? false;
    return typeof value === 'boolean' ? value : this.failAt(member, 'must be true or false');
  }

  /** An enum or a set of flags, which the protocol writes as numbers only. */
  number(parent: JsonMessage, member: string): number {
    const value = parent[member] ?? 0;
    return typeof value === 'number' && Number.isInteger(value)
      ? value
      : this.failAt(member, 'must be an integer; enumerations are sent as numbers');
  }

  /** Null where it is absent. Beyond 2^53 the nearest number. */
  integer(parent: JsonMessage, member: string): number | null {
    const text = this.integerText(parent, member);
    return text === null ? null : Number(text);
  }

  bigInt(parent: JsonMessage, member: string): bigint | null {
    const text = this.integerText(parent, member);
    return text === null ? null : BigInt(text);
  }

  double(parent: JsonMessage, member: string): number | null {
    const value = parent[member];
    return value === undefined || value === null ? null : this.toDouble(value, member);
  }

  integers(parent: JsonMessage, member: string): number[] {
    const values: number[] = [];
    this.items(parent, member, (item) => values.push(Number(this.toInteger(item, ''))));
    return values;
  }

  doubles(parent: JsonMessage, member: string): number[] {
    const values: number[] = [];
    this.items(parent, member, (item) => values.push(this.toDouble(item, '')));
    return values;
  }

  /** Nanoseconds since 1970, more of them than a number holds, in whole milliseconds; 0 where absent. */
  timeMs(parent: JsonMessage, member: string): number {
    const value = parent[member] ?? 0;
    if (typeof value === 'string' && NANOSECONDS.test(value)) return Number(value.slice(0, -MS_DIGITS));
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return Math.floor(value / 1e6);
    return this.failAt(member, 'must be nanoseconds since 1970, a whole number or a text of digits');
  }

  base64(parent: JsonMessage, member: string): Uint8Array {
    const text = this.text(parent, member);
    if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) this.failAt(member, 'must be base64');
    return Buffer.from(text, 'base64');
  }

  private items(parent: JsonMessage, member: string, read: (item: unknown) => void): void {
    const list = parent[member] ?? [];
    if (!Array.isArray(list)) this.failAt(member, 'must be a list');
    this.path.push(member, 0);
    for (let i = 0; i < (list as unknown[]).length; i++) {
      this.path[this.path.length - 1] = i;
      read((list as unknown[])[i]);
    }
    this.path.length -= 2;
  }

  private integerText(parent: JsonMessage, member: string): string | null {
    const value = parent[member];
    return value === undefined || value === null ? null : this.toInteger(value, member);
  }

  private toInteger(value: unknown, member: string): string {
    if (typeof value === 'string' && INTEGER.test(value)) return value;
    if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value).toString();
    return this.failAt(member, 'must be an integer, as a number or a text of digits');
  }

  private toDouble(value: unknown, member: string): number {
    if (typeof value === 'number') return value;
    const special = NOT_FINITE.get(value);
    if (special !== undefined) return special;
    const read = typeof value === 'string' ? readDecimalNumber(value) : NaN;
    return Number.isNaN(read)
      ? this.failAt(member, 'must be a number, "NaN", "Infinity" or "-Infinity"')
      : read;
  }

  private failAt(member: string, rule: string): never {
    if (member !== '') this.path.push(member);
    return this.fail(rule);
  }

  private fail(rule: string): never {
    const place = this.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
    throw new InvalidWireBody(`${place === '' ? 'the body' : place.replace(/^\./, '')} ${rule}`);
  }
}
