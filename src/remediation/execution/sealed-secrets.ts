import { inspect } from 'node:util';

/** Shorter ones would tear ordinary words out of a text. */
const SHORTEST_REDACTED = 6;

/** The secrets of a target, opened one by one where they are used. Whoever prints or serialises this sees their names. */
export class SealedSecrets {
  readonly #sealed: ReadonlyMap<string, Buffer>;
  readonly #unseal: (name: string, sealed: Buffer) => string;

  constructor(sealed: ReadonlyMap<string, Buffer>, unseal: (name: string, sealed: Buffer) => string) {
    this.#sealed = sealed;
    this.#unseal = unseal;
  }

  get names(): string[] {
    return [...this.#sealed.keys()];
  }

  /** The secret's text; null where it is not set. Throws what opening it throws. */
  open(name: string): string | null {
    const sealed = this.#sealed.get(name);
    return sealed === undefined ? null : this.#unseal(name, sealed);
  }

  /** A text of the target's with our secrets taken out, should it have repeated one. */
  redact(text: string): string {
    return this.names
      .map((name) => this.open(name))
      .filter((secret) => secret !== null && secret.length >= SHORTEST_REDACTED)
      .reduce<string>((left, secret) => left.replaceAll(secret as string, '[secret]'), text);
  }

  toJSON(): string[] {
    return this.names;
  }

  [inspect.custom](): string {
    return `SealedSecrets(${this.names.join(', ')})`;
  }
}
