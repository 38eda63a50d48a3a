import { ServerProcess } from './server-process';
import type { TestDatabase } from './test-database';

/** Limits that would hold tests up; suites about them set them. */
export const LIFTED_LIMITS = {
  cooldown_seconds: 0,
  actions_per_hour: 10_000,
  actions_per_hour_per_target: 10_000,
  breaker_failures: 100,
  max_concurrent: 10,
};

/** What several processes on one database need in common to do remediation, where one admin says yes to their own requests. */
export function remediationEnvironment({ url }: TestDatabase): Record<string, string> {
  return {
    DATABASE_URL: url,
    SECRETS_KEY: 'a-key-of-the-tests-for-secrets-that-is-long-enough',
    REMEDIATION_FOUR_EYES: 'false',
  };
}

/** Asks a server as its admin; gives the data of a success, and throws what else was answered. */
export type AdminCall = (method: string, path: string, body?: object) => Promise<any>;

/** The admin of a server whose limits are lifted. */
export async function adminWithoutLimits(server: ServerProcess): Promise<AdminCall> {
  const call: AdminCall = async (method, path, body) => {
    const answer = await server.fetch(path, { method, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer.body.data;
  };
  await call('PUT', '/api/remediation/limits', LIFTED_LIMITS);
  return call;
}
