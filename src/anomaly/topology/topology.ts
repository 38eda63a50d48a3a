/** Which services each service depends on directly. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/**
 * All that a service depends on, directly or by others, the nearest first.
 * @example dependenciesOf('web', new Map([['web', ['api']], ['api', ['db']]])) // ['api', 'db']
 */
export function dependenciesOf(service: string, dependencies: Dependencies): string[] {
  const found = new Set<string>();
  const queue = [service];
  for (const each of queue)
    for (const next of dependencies.get(each) ?? [])
      if (next !== service && !found.has(next)) {
        found.add(next);
        queue.push(next);
      }
  return [...found];
}

/**
 * Services, with all that depend on them, directly or by others, and all that these depend on: whose troubles may be one.
 * @example relatedTo(['db'], new Map([['web', ['db', 'cache']], ['mail', ['smtp']]])) // Set { 'db', 'web', 'cache' }
 */
export function relatedTo(services: Iterable<string>, dependencies: Dependencies): Set<string> {
  const dependents = new Map<string, string[]>();
  for (const [service, direct] of dependencies)
    for (const cause of direct) {
      const known = dependents.get(cause);
      if (known === undefined) dependents.set(cause, [service]);
      else known.push(service);
    }
  return reachable(reachable(services, dependents), dependencies);
}

/** Where edges lead from some places, and these. */
function reachable(from: Iterable<string>, edges: Dependencies): Set<string> {
  const found = new Set(from);
  // A set is walked in the order of adding, what is added meanwhile included.
  for (const each of found) for (const next of edges.get(each) ?? []) found.add(next);
  return found;
}

/**
 * Services that depend on each other in a circle, in its order, or null. In a circle each would be the cause of the other.
 * @example findCycle(new Map([['a', ['b']], ['b', ['a']]])) // ['a', 'b', 'a']
 */
export function findCycle(dependencies: Dependencies): string[] | null {
  const done = new Set<string>();
  for (const start of dependencies.keys()) {
    // Depth first without recursion: a chain may be as long as the list.
    const path: string[] = [];
    const isOnPath = new Set<string>();
    const stack: { service: string; isLeaving: boolean }[] = [{ service: start, isLeaving: false }];
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      const { service, isLeaving } = step;
      if (isLeaving) {
        path.pop();
        isOnPath.delete(service);
        done.add(service);
        continue;
      }
      if (isOnPath.has(service)) return [...path.slice(path.indexOf(service)), service];
      if (done.has(service)) continue;
      path.push(service);
      isOnPath.add(service);
      stack.push({ service, isLeaving: true });
      for (const next of dependencies.get(service) ?? []) stack.push({ service: next, isLeaving: false });
    }
  }
  return null;
}
