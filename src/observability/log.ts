import type { Logger } from 'pino';

/** The product's log as a collaborator: structured members first, then the sentence. */
export class Log {
  constructor(private readonly logger: Logger) {}

  info(members: object, message: string): void {
    this.logger.info(members, message);
  }
  warn(members: object, message: string): void {
    this.logger.warn(members, message);
  }
  error(error: unknown, message: string, members: object = {}): void {
    this.logger.error({ ...members, err: error }, message);
  }
  debug(members: object, message: string): void {
    this.logger.debug(members, message);
  }
}
