import type { Dialect } from './dialect';

/** Every route that the server answers, kept as it is registered: tells which methods a path has, and which dialect is spoken there. */
export class RouteTable {
  private readonly routes: { method: string; segments: readonly string[] }[] = [];
  private readonly dialects = new Set<Dialect>();

  add(method: string, pattern: string, dialect?: Dialect): void {
    this.routes.push({ method, segments: segmentsOf(pattern) });
    if (dialect !== undefined) this.dialects.add(dialect);
  }

  /** The dialect that is spoken at a path, whether or not a route answers it; null where it is the contract's own words. */
  dialectAt(url: string): Dialect | null {
    return [...this.dialects].find(({ prefix }) => url.startsWith(prefix)) ?? null;
  }

  /** The methods that some route answers at this path, sorted; none where the path is unknown. */
  methodsOf(url: string): string[] {
    const path = segmentsOf(url.split('?', 1)[0]);
    const methods = this.routes.filter(({ segments }) => matches(segments, path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}

/** `/a/b/` is `/a/b`, as the router has it; `//` within a path is a segment of its own, which no route has. */
function segmentsOf(path: string): readonly string[] {
  return path.replace(/^\//, '').replace(/\/$/, '').split('/');
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.includes('*')) return false;
  return (
    pattern.length === path.length &&
    pattern.every((segment, index) =>
      segment.startsWith(':') ? path[index] !== '' : segment === path[index],
    )
  );
}
