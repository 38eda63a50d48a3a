import { InvalidExposition } from './metrics.errors';

/** Sticky: it matches from the cursor on, without a slice. */
const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ['"', '"'],
  ['n', '\n'],
]);

/** Walks along one sample line of a metrics page: `name{label="value",…} value [timestamp] [# exemplar]`. */
export class LineCursor {
  private position = 0;

  constructor(
    private readonly row: string,
    private readonly line: number,
  ) {}

  metricName(): string {
    const name = this.name('a metric name');
    const next = this.row[this.position];
    if (next !== undefined && next !== '{' && !isBlank(next)) {
      throw this.malformed(`expected a blank or { after the name, at character ${this.position + 1}`);
    }
    return name;
  }

  labels(): Record<string, string> {
    this.skipBlanks();
    if (this.row[this.position] !== '{') return {};
    this.position++;
    // A map first: `fromEntries` then makes a label called __proto__ an ordinary property.
    const labels = new Map<string, string>();
    for (;;) {
      this.skipBlanks();
      if (this.row[this.position] === '}') break;
      const label = this.name('a label name');
      this.expect('=');
      this.expect('"');
      if (labels.has(label)) throw this.malformed(`label ${label} appears twice`);
      labels.set(label, this.quotedRest());
      this.skipBlanks();
      if (this.row[this.position] === ',') this.position++;
      else if (this.row[this.position] !== '}')
        throw this.malformed(`expected , or } at character ${this.position + 1}`);
    }
    this.position++;
    return Object.fromEntries(labels);
  }

  /** The characters up to the next blank. */
  word(): string {
    this.skipBlanks();
    const start = this.position;
    while (this.position < this.row.length && !isBlank(this.row[this.position])) this.position++;
    if (start === this.position) throw this.malformed('expected a value at the end');
    return this.row.slice(start, this.position);
  }

  /** An exemplar counts as the end: it belongs to a trace, not to the series. */
  atEnd(): boolean {
    this.skipBlanks();
    return this.position >= this.row.length || this.row[this.position] === '#';
  }

  expectEnd(): void {
    if (!this.atEnd()) throw this.malformed(`unexpected text at character ${this.position + 1}`);
  }

  private name(what: string): string {
    NAME.lastIndex = this.position;
    const match = NAME.exec(this.row);
    if (match === null) throw this.malformed(`expected ${what} at character ${this.position + 1}`);
    this.position = NAME.lastIndex;
    return match[0];
  }

  private quotedRest(): string {
    const start = this.position;
    const quote = this.row.indexOf('"', start);
    const plain = quote < 0 ? '' : this.row.slice(start, quote);
    if (quote >= 0 && !plain.includes('\\')) {
      this.position = quote + 1;
      return plain;
    }
    let value = '';
    while (this.position < this.row.length) {
      const character = this.row[this.position++];
      if (character === '"') return value;
      if (character !== '\\') {
        value += character;
        continue;
      }
      const escaped = ESCAPES.get(this.row[this.position++] ?? '');
      if (escaped === undefined)
        throw this.malformed(`unknown escape at character ${this.position}; known are \\\\, \\" and \\n`);
      value += escaped;
    }
    throw this.malformed('a label value is never closed; end it with "');
  }

  private expect(character: string): void {
    this.skipBlanks();
    if (this.row[this.position] !== character) {
      throw this.malformed(`expected ${character} at character ${this.position + 1}`);
    }
    this.position++;
  }

  private skipBlanks(): void {
    while (isBlank(this.row[this.position])) this.position++;
  }

  private malformed(message: string): InvalidExposition {
    return new InvalidExposition(this.line, message);
  }
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
