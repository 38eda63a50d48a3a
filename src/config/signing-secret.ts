import { keepSecret } from './secret-file';
import { AuthConfig } from './sections';

/** The secret that every process of a deployment shares: as configured, or made once and kept in `DATA_DIR`. */
export function signingSecret({ jwtSecret }: AuthConfig, dataDir: string): string {
  return jwtSecret ?? keepSecret(dataDir, 'jwt-secret');
}
