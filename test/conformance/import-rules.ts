import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';

import ts from 'typescript';

/** From left to right: a file imports from modules to its left, and its own. */
const FOUNDATION = [
  'common',
  'config',
  'observability',
  'database',
  'audit',
  'auth',
  'egress',
  'jobs',
  'events',
  'retention',
  'health',
];
const DOMAINS = ['telemetry', 'ml', 'anomaly', 'ai', 'remediation', 'feedback', 'notification', 'insight'];
/** Sees everything, and nobody sees it: the root files, and the page that documents the routes. */
const SHELL = 'shell';
const ORDER = [...FOUNDATION, ...DOMAINS, SHELL];

/** What stands between a file's name and `.ts` when Nest or TypeORM wires it; a file without one is pure. */
const WIRED =
  /\.(module|controller|service|repository|entity|entities|providers|subscriber|job|guard|client|executor|tool|dto|response)$/;
/** The face of a domain, at its root. */
const FACE = /^[^/]+\/[^/]+\.(module|service|types|port)$/;
/** What belongs to the module that owns the table or the route, in the foundation too. */
const PRIVATE_ROLE = /\.(repository|entity|controller|dto)$/;
const FRAMEWORKS =
  /^(@nestjs\/|@fastify\/|typeorm$|pg$|pg-boss$|fastify$|class-validator$|class-transformer$|undici$)/;

interface Import {
  /** A path below the root without its extension, or a package's name. */
  readonly to: string;
  readonly isOurs: boolean;
  /** `import type`: gone at run time, so nothing can be called through it. */
  readonly isType: boolean;
}

export interface Source {
  /** Below the root, without its extension: `anomaly/anomaly.service`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** One broken rule, as the failing test prints it. */
export type Violation = string;

/** Every TypeScript file below a folder, with what it imports. */
export function readSources(root: string): Source[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(root, name), 'utf8');
      const path = name.split(/[\\/]/).join('/').replace(/\.ts$/, '');
      return { path, text, imports: importsOf(path, text) };
    });
}

function importsOf(path: string, text: string): Import[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  return file.statements.flatMap((statement): Import[] => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    if (statement.moduleSpecifier === undefined) return [];
    const name = (statement.moduleSpecifier as ts.StringLiteral).text;
    const isOurs = name.startsWith('.');
    const to = isOurs ? posix.join(posix.dirname(path), name) : name;
    return [{ to, isOurs, isType: isTypeOnly(statement) }];
  });
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  return statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function moduleOf(path: string): string {
  const [first, ...rest] = path.split('/');
  return rest.length === 0 || first === 'docs' ? SHELL : first;
}

const isSpec = (path: string): boolean => path.endsWith('.spec');
const isDomain = (path: string): boolean => DOMAINS.includes(moduleOf(path));
/** The demonstration drives the product from outside, over HTTP; it is no part of it. */
const isDemo = (path: string): boolean => moduleOf(path) === 'demo';

/** Checks every import of every file; a rule returns what is wrong with it, or null. */
function check(
  sources: readonly Source[],
  rule: (source: Source, imported: Import) => string | null,
): Violation[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((imported) => {
      const fault = rule(source, imported);
      return fault === null ? [] : [`${source.path}.ts -> ${imported.to}: ${fault}`];
    }),
  );
}

/** Every folder has its place in the order; a new one is given one here before it is used. */
export function foldersWithoutPlace(sources: readonly Source[]): Violation[] {
  const names = new Set(sources.filter(({ path }) => !isDemo(path)).map(({ path }) => moduleOf(path)));
  return [...names]
    .filter((name) => !ORDER.includes(name))
    .map((name) => `src/${name} has no place in the order of modules`);
}

/** Rule 1: imports go to the left. */
export function importsAgainstTheOrder(sources: readonly Source[]): Violation[] {
  return check(sources, ({ path }, { to, isOurs }) => {
    if (!isOurs || isDemo(path) || to.startsWith('..')) return null;
    const [from, target] = [moduleOf(path), moduleOf(to)];
    if (ORDER.indexOf(target) <= ORDER.indexOf(from)) return null;
    return `${from} stands before ${target} and must not know it`;
  });
}

/** Rule 3: a domain is seen by its face only, and nobody touches another module's tables or routes. */
export function importsPastTheFace(sources: readonly Source[]): Violation[] {
  return check(sources, ({ path }, { to, isOurs }) => {
    if (!isOurs || isDemo(path) || moduleOf(path) === moduleOf(to)) return null;
    if (moduleOf(path) === SHELL && /\.(entity|entities)$/.test(to))
      return path === 'schema' ? null : 'only schema.ts lists entities';
    if (isDomain(to))
      return FACE.test(to)
        ? null
        : 'from outside a domain only its root *.module, *.service, *.types or *.port may be imported';
    return PRIVATE_ROLE.test(to) ? `a ${PRIVATE_ROLE.exec(to)?.[1]} is its own module's` : null;
  });
}

/** Rule 5: pure files of domains know no framework, and run nothing but pure files; types they may take from their own domain. */
export function impureImports(sources: readonly Source[]): Violation[] {
  return check(sources, ({ path }, { to, isOurs, isType }) => {
    if (!isDomain(path) || isSpec(path) || WIRED.test(path)) return null;
    if (!isOurs) return FRAMEWORKS.test(to) ? 'a file without a role suffix knows no framework' : null;
    if (moduleOf(to) === 'common' || (isType && moduleOf(to) === moduleOf(path))) return null;
    if (FOUNDATION.includes(moduleOf(to)))
      return isType && to === 'config/sections' ? null : 'a pure file gets what it needs as arguments';
    return WIRED.test(to) ? 'a pure file runs only pure files' : null;
  });
}

/** Rule 6, and what else a look at the text shows. */
export function forwardReferences(sources: readonly Source[]): Violation[] {
  return sources
    .filter(({ text }) => /\bforwardRef\b/.test(text))
    .map(({ path }) => `${path}.ts: forwardRef hides a cycle; own a port and let the other register`);
}

/** Each domain has exactly one module file. */
export function domainsWithoutOneModule(sources: readonly Source[]): Violation[] {
  const present = new Set(sources.map(({ path }) => moduleOf(path)).filter((name) => DOMAINS.includes(name)));
  return [...present].flatMap((domain) => {
    const modules = sources
      .filter(({ path }) => moduleOf(path) === domain && path.endsWith('.module'))
      .map(({ path }) => basename(path));
    return modules.length === 1
      ? []
      : [`src/${domain} has ${modules.length} modules (${modules.join(', ') || 'none'}); it must have one`];
  });
}

/** Settings come from src/config; `excepted` files say why in the test. */
export function environmentReaders(
  sources: readonly Source[],
  excepted: readonly string[] = [],
): Violation[] {
  return sources
    .filter(
      ({ path, text }) =>
        moduleOf(path) !== 'config' &&
        !isDemo(path) &&
        !isSpec(path) &&
        !excepted.includes(path) &&
        /\bprocess\.env\b/.test(text),
    )
    .map(({ path }) => `${path}.ts reads process.env; a setting is a member of a section in src/config`);
}

/** The demonstration speaks to the product as any client does. */
export function demoImports(sources: readonly Source[]): Violation[] {
  return check(sources, ({ path }, { to, isOurs }) =>
    isDemo(path) && isOurs && !isDemo(to)
      ? 'the demonstration is a client: it imports no module of the product'
      : null,
  );
}

/** The folder of a fixture tree. */
export function fixtureRoot(name: string): string {
  return join(dirname(__dirname), 'fixtures', 'not-ok', 'imports', name);
}

/** The sources of the product. */
export function productSources(): Source[] {
  return readSources(join(__dirname, '..', '..', 'src'));
}
