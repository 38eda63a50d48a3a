import { BenchResult, readmeTable } from './bench-result';

const BEGIN = '<!-- speed:begin -->';
const END = '<!-- speed:end -->';

/**
 * A README with the saved result between its markers.
 * Throws  Error where the markers are missing.
 */
export function withSpeedTable(readme: string, result: BenchResult): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`README.md needs the lines ${BEGIN} and ${END}`);
  const { machine, versions, rows } = result;
  const rounds = rows[0]?.ratio?.n ?? 0;
  const words =
    `Medians of ${rounds} rounds on ${machine.cores} cores with Node ${versions.node} and PostgreSQL ${versions.postgres}; ` +
    `"processor" is the baseline's processor time a request over ours, Node and PostgreSQL together.`;
  return `${readme.slice(0, begin + BEGIN.length)}\n${readmeTable(result)}\n\n${words}\n${readme.slice(end)}`;
}
