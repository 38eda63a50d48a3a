import { findTool } from './tool';

/** Tests with a program of others: where it is missing they are skipped, and their name says so; never passed in silence. */
export function describeWith(tools: readonly string[], story: string, tests: () => void): void {
  const missing = tools.filter((tool) => findTool(tool) === null);
  if (missing.length === 0) describe(story, tests);
  else describe.skip(`${story} (not run: no ${missing.join(', ')} on PATH)`, tests);
}
