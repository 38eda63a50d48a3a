import { LabelMatcher, MATCH_OPERATORS, MatchOperator, METRIC_NAME } from './label-matcher';
import { InvalidMatcher } from './metrics.errors';

const MAX_TEXT_LENGTH = 8_192;
const MAX_MATCHERS = 30;

/** Sticky: they match from the cursor on, without a slice. */
const METRIC = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const BLANKS = /[ \t\r\n]*/y;
const OPERATOR = /=~|!~|!=|=/y;
/** Alertmanager takes any UTF-8 name without quotes, too. */
const WORD = /[^\s"'`{},=!~\\]+/y;
const REST = /[^"]*/y;
const HEX: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
]);

/**
 * The matchers of a selector as Prometheus writes it, the metric's name as a matcher of `__name__`.
 * Accepts   `up`, `up{}`, `{job="api"}`, `up{job!="x",}`, quoted UTF-8 names (`{"http.requests","k8s.pod"="a"}`), values in "", ''
 *           with escapes or in backquotes without. The empty selector `{}` is an empty list: the caller decides what that means.
 * Throws    InvalidMatcher, naming the character at which reading stopped.
 * @example parseSelector('up{code=~"5.."}') // [__name__="up", code=~"5.."]
 */
export function parseSelector(text: string): LabelMatcher[] {
  const cursor = new MatcherCursor(text, 'prometheus');
  const name = cursor.metricName();
  if (name === null && !cursor.isAt('{'))
    throw new InvalidMatcher('a selector begins with a metric name or with {, as in up{job="api"}');
  const matchers = name === null ? [] : [new LabelMatcher(METRIC_NAME, '=', name)];
  if (name === null || !cursor.isAtEnd()) matchers.push(...cursor.braced());
  cursor.expectEnd();
  if (name !== null && matchers.slice(1).some(({ label }) => label === METRIC_NAME))
    throw new InvalidMatcher(
      `the metric's name is given twice: as ${name} and as a matcher of ${METRIC_NAME}`,
    );
  return matchers;
}

/**
 * A list of matchers as Alertmanager writes it, with or without braces; quotes may be left out around a value without blanks or
 * punctuation of the grammar, and an escape that is not known stays as it is written (`"\d+"`), as Alertmanager does.
 * Throws    InvalidMatcher.
 * @example parseMatchers('alertname=HighLoad, severity=~"warn|crit"')
 */
export function parseMatchers(text: string): LabelMatcher[] {
  const cursor = new MatcherCursor(text, 'alertmanager');
  const matchers = cursor.isAt('{') ? cursor.braced() : cursor.list();
  cursor.expectEnd();
  return matchers;
}

/**
 * One matcher as Alertmanager's `filter` takes it; an unquoted value reaches to the end of the text.
 * Throws    InvalidMatcher.
 * @example parseMatcher('instance=~web-.*').value // 'web-.*'
 */
export function parseMatcher(text: string): LabelMatcher {
  const cursor = new MatcherCursor(text, 'alertmanager');
  const matcher = cursor.matcher(REST);
  cursor.expectEnd();
  return matcher;
}

/** Walks along the text of matchers. */
class MatcherCursor {
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly dialect: 'prometheus' | 'alertmanager',
  ) {
    if (text.length > MAX_TEXT_LENGTH)
      throw new InvalidMatcher(`a selector has at most ${MAX_TEXT_LENGTH} characters`);
    this.take(BLANKS);
  }

  metricName(): string | null {
    const name = this.take(METRIC);
    if (name !== null) this.take(BLANKS);
    return name;
  }

  isAt(character: string): boolean {
    return this.text[this.position] === character;
  }

  isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  expectEnd(): void {
    if (!this.isAtEnd()) throw this.malformed('unexpected text');
  }

  braced(): LabelMatcher[] {
    this.expect('{');
    const matchers = this.list();
    this.expect('}');
    return matchers;
  }

  /** Matchers between commas; one comma may trail. */
  list(): LabelMatcher[] {
    const matchers: LabelMatcher[] = [];
    while (!this.isAtEnd() && !this.isAt('}')) {
      matchers.push(this.matcher(WORD));
      if (matchers.length > MAX_MATCHERS)
        throw new InvalidMatcher(`a selector has at most ${MAX_MATCHERS} matchers`);
      if (!this.isAt(',')) break;
      this.expect(',');
    }
    return matchers;
  }

  matcher(unquoted: RegExp): LabelMatcher {
    const isQuoted = this.isAtQuote();
    const label = isQuoted ? this.quotedText() : this.take(this.dialect === 'prometheus' ? LABEL : WORD);
    if (label === null) throw this.malformed('expected a label name');
    this.take(BLANKS);
    const operator = this.take(OPERATOR);
    if (operator === null) {
      // Prometheus 3 writes a metric name that is not an ordinary word as a quoted text among the matchers.
      if (isQuoted && this.dialect === 'prometheus' && (this.isAt(',') || this.isAt('}')))
        return new LabelMatcher(METRIC_NAME, '=', label);
      throw this.malformed(`expected ${MATCH_OPERATORS.join(', ')} after label ${label}`);
    }
    this.take(BLANKS);
    const value = this.isAtQuote() ? this.quotedText() : this.unquotedText(unquoted, label);
    this.take(BLANKS);
    return new LabelMatcher(label, operator as MatchOperator, value);
  }

  private unquotedText(accepted: RegExp, label: string): string {
    const text = this.dialect === 'prometheus' ? null : this.take(accepted);
    if (text === null) throw this.malformed(`expected a value in quotes for label ${label}`);
    return text.trimEnd();
  }

  private isAtQuote(): boolean {
    return this.isAt('"') || (this.dialect === 'prometheus' && (this.isAt("'") || this.isAt('`')));
  }

  private quotedText(): string {
    const start = this.position;
    const quote = this.text[this.position++];
    let value = '';
    for (;;) {
      const character = this.text[this.position++];
      if (character === undefined) {
        this.position = start;
        throw this.malformed(`a text is never closed; end it with ${quote}`);
      }
      if (character === quote) return value;
      value += character === '\\' && quote !== '`' ? this.escaped() : character;
    }
  }

  private escaped(): string {
    const letter = this.text[this.position++] ?? '';
    const known = ESCAPES.get(letter);
    if (known !== undefined) return known;
    const digits = HEX.get(letter);
    const code = digits === undefined ? '' : this.text.slice(this.position, this.position + digits);
    if (digits !== undefined && code.length === digits && /^[0-9a-fA-F]+$/.test(code)) {
      const point = Number.parseInt(code, 16);
      // \x stands for a byte, and one byte past ASCII is no character.
      if (point <= (letter === 'x' ? 0x7f : 0x10ffff)) {
        this.position += digits;
        return String.fromCodePoint(point);
      }
    }
    if (this.dialect === 'alertmanager') return `\\${letter}`;
    this.position -= 2;
    throw this.malformed(
      'unknown escape; write \\\\ for a backslash, as in "\\\\d+", or put the text in backquotes',
    );
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (match === null) return null;
    this.position = pattern.lastIndex;
    return match[0];
  }

  private expect(character: string): void {
    if (!this.isAt(character)) throw this.malformed(`expected ${character}`);
    this.position++;
    this.take(BLANKS);
  }

  private malformed(message: string): InvalidMatcher {
    const place = this.isAtEnd() ? 'at the end' : `at character ${this.position + 1}`;
    return new InvalidMatcher(`${message} ${place} of the selector`);
  }
}
