import { InvalidInput } from '../errors/domain-error';

/**
 * The version that a caller expects, from the body or from If-Match (`"3"` or `3`; `*` expects nothing).
 * Throws InvalidInput where If-Match is no version.
 */
export function expectedVersion(
  version: number | undefined,
  ifMatch: string | undefined,
): number | undefined {
  if (version !== undefined || ifMatch === undefined || ifMatch === '*') return version;
  const match = /^(?:W\/)?"?(\d{1,9})"?$/.exec(ifMatch.trim());
  if (match === null) throw new InvalidInput('If-Match must be the version that you read');
  return Number(match[1]);
}
