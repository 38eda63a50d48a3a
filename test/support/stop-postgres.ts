/** Once after all suites: stops the server that `start-postgres` started. */
export default async function stopPostgres(): Promise<void> {
  await (globalThis as { stopTestPostgres?: () => Promise<void> }).stopTestPostgres?.();
}
