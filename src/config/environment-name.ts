/** What this deployment calls itself; shown, never acted on. */
export const ENVIRONMENT = process.env.NODE_ENV ?? 'production';
