import { EnvironmentVariable, variablesOf } from './environment';
import { SECTIONS } from './sections';

const BEGIN = '<!-- configuration:begin -->';
const END = '<!-- configuration:end -->';

/** The text of `.env.template`: every variable with its sentence, commented out at its default, so that a copy changes nothing. */
export function envTemplate(): string {
  const sections = SECTIONS.map((section) =>
    [`# --- ${titleOf(section.name)} ---`, ...variablesOf(section).map(templateLines)].join('\n'),
  );
  return `# Copy to .env and set what you need; a real environment variable wins over this file.\n\n${sections.join('\n\n')}\n`;
}

function templateLines({ name, description, fallback }: EnvironmentVariable): string {
  return `# ${description}\n#${name}=${fallback ?? ''}`;
}

/** The table of the README. */
function configurationTable(): string {
  const rows = SECTIONS.flatMap((section) => variablesOf(section).map(tableRow));
  return ['| Variable | Default | Meaning |', '|---|---|---|', ...rows].join('\n');
}

function tableRow({ name, description, fallback, secret }: EnvironmentVariable): string {
  const value = fallback === undefined ? (secret ? 'none (secret)' : 'none') : `\`${fallback}\``;
  return `| \`${name}\` | ${value} | ${description.replaceAll('|', '\\|')} |`;
}

/**
 * A README with the table between its markers brought up to date.
 * Throws  Error where the markers are missing.
 */
export function withConfigurationTable(readme: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`README.md needs the lines ${BEGIN} and ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n${configurationTable()}\n${readme.slice(end)}`;
}

/** @example titleOf('DatabaseConfig') // 'Database' */
function titleOf(className: string): string {
  return className.replace(/Config$/, '');
}
