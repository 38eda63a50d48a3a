import { isAlias, Lexer, LineCounter, parseDocument, Parser, visit } from 'yaml';

/** Whatever a runbook's text may be, in bytes. */
export const MAX_SOURCE_BYTES = 65_536;

/** Reading takes the square of the keys of a map; a runbook of twenty steps has a tenth of these. */
const MAX_TOKENS = 10_000;
const MAX_DEPTH = 40;

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  strict: true,
  uniqueKeys: true,
  stringKeys: true,
  merge: false,
  resolveKnownTags: false,
  logLevel: 'error',
  prettyErrors: false,
} as const;

/** What a text says, or what is wrong with it. */
export type SourceReading = { readonly value: unknown } | { readonly problem: string };

/**
 * What a YAML text says: one document of plain data in YAML 1.2's core schema. Without directives, anchors, aliases, merge keys or tags: what
 * stands there is what it says, and a short text stays a short one.
 * @example readYaml('a: 1\nb: [yes]') // { value: { a: 1, b: ['yes'] } }
 */
export function readYaml(text: string): SourceReading {
  if (Buffer.byteLength(text) > MAX_SOURCE_BYTES)
    return { problem: `source must be at most ${MAX_SOURCE_BYTES} bytes` };
  const excess = excessOf(text);
  if (excess !== null) return { problem: `source ${excess}` };
  const lines = new LineCounter();
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `source, line ${line}, column ${col}`;
  };
  const [error] = document.errors;
  if (error !== undefined) {
    const message = error.code === 'MULTIPLE_DOCS' ? 'only one document is allowed' : error.message;
    return { problem: `${at(error.pos[0])}: ${message}` };
  }
  if (document.directives?.yaml.explicit === true) return { problem: `${at(0)}: directives are not allowed` };
  let refused: string | null = null;
  visit(document, {
    Node: (_, node) => {
      const offence = isAlias(node)
        ? 'aliases'
        : node.anchor !== undefined
          ? 'anchors'
          : node.tag !== undefined
            ? 'tags'
            : null;
      if (offence === null) return undefined;
      refused = `${at(node.range?.[0] ?? 0)}: ${offence} are not allowed`;
      return visit.BREAK;
    },
  });
  return refused === null ? { value: document.toJS({ maxAliasCount: 0 }) as unknown } : { problem: refused };
}

/** How a text is more than can be read at once; looked at token by token, before anything is built of them. */
function excessOf(text: string): string | null {
  const parser = new Parser();
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++tokens > MAX_TOKENS) return `has more than ${MAX_TOKENS} tokens`;
    void [...parser.next(lexeme)];
    if (parser.stack.length > MAX_DEPTH) return 'is nested too deep';
  }
  return null;
}
