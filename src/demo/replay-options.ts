import { statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { parseArgs } from 'node:util';

/** The command line cannot be followed, or the file is not there. */
class ReplayRefused extends Error {}

export interface ReplayOptions {
  readonly path: string;
  readonly bytes: number;
  /** The metric's name. */
  readonly name: string;
  /** A running product instead of one of our own. */
  readonly remote: { readonly url: string; readonly token: string } | null;
  readonly isKept: boolean;
}

/**
 * What the command line asks for.
 * Throws  ReplayRefused for a file that is missing, empty or none, and where --url and --token do not come together; Node's own
 *         error for options that are not known.
 * @example readReplayOptions(['cpu.csv']) // { path: 'cpu.csv', bytes: 90120, name: 'cpu', remote: null, isKept: false }
 */
export function readReplayOptions(args: readonly string[]): ReplayOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      url: { type: 'string' },
      token: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  });
  if (positionals.length !== 1) throw new ReplayRefused('Name one CSV file');
  const [path] = positionals;
  const { url, token, name, keep } = values;
  if ((url === undefined) !== (token === undefined)) throw new ReplayRefused('--url and --token go together');
  if (url !== undefined && (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)))
    throw new ReplayRefused(`--url ${url} is no address such as http://localhost:5000`);
  return {
    path,
    bytes: sizeOf(path),
    name: metricName(name ?? basename(path, extname(path))),
    remote: url === undefined || token === undefined ? null : { url: url.replace(/\/+$/, ''), token },
    isKept: keep,
  };
}

/**
 * A text as a metric's name: what is no letter, digit, `_` or `:` becomes `_`.
 * @example metricName('exchange-4 cpc') // 'exchange_4_cpc'
 */
export function metricName(text: string): string {
  const name = text.replace(/[^a-zA-Z0-9_:]/g, '_');
  return /^[a-zA-Z_:]/.test(name) ? name : `_${name}`;
}

function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ReplayRefused(`There is no file ${path}`);
  if (!found.isFile()) throw new ReplayRefused(`${path} is not a file`);
  if (found.size === 0) throw new ReplayRefused(`${path} is empty`);
  return found.size;
}
