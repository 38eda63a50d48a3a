import { randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service';
import { ConfigurationError } from '../config/environment';
import { AuthConfig } from '../config/sections';
import { Database } from '../database/database';
import { usernameRule } from './account-fields';
import { newPasswordRule } from './password-strength';
import { Passwords } from './passwords';
import { UsersRepository } from './users.repository';

/** Makes the first start's admin, so that there is somebody who can make the others. */
@Injectable()
export class FirstAdmin {
  constructor(
    private readonly config: AuthConfig,
    private readonly users: UsersRepository,
    private readonly passwords: Passwords,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates the admin where there are no users yet. Returns the password that was made up for them, to be shown once;
   * null where the environment gave one, or there are users already. Of several processes at once, one does it.
   * Throws  ConfigurationError where the environment's name or password would not do.
   */
  async ensure(): Promise<string | null> {
    if (await this.users.hasAny()) return null;
    const { adminUsername: username, adminPassword } = this.config;
    refuseUnusable(username, adminPassword);
    const password = adminPassword ?? randomBytes(18).toString('base64url');
    const passwordHash = await this.passwords.hash(password);
    const isMade = await this.database.run(async () => {
      await this.users.lockFirstAdmin();
      if (await this.users.hasAny()) return false;
      const email = `${username.toLowerCase()}@localhost`;
      const { id } = await this.users.insert({ username, email, passwordHash, role: 'admin' });
      await this.audit.record({
        action: 'user.created',
        subjectType: 'user',
        subjectId: id,
        after: { username, email, role: 'admin' },
      });
      return true;
    });
    return isMade && adminPassword === undefined ? password : null;
  }
}

function refuseUnusable(username: string, password: string | undefined): void {
  const faults: string[] = [];
  const nameFault = usernameRule(username, 'ADMIN_USERNAME');
  if (nameFault !== null) faults.push(`ADMIN_USERNAME: ${nameFault}`);
  const passwordFault = password === undefined ? null : newPasswordRule(password, 'ADMIN_PASSWORD');
  if (passwordFault !== null) faults.push(`ADMIN_PASSWORD: ${passwordFault}`);
  if (faults.length > 0) throw new ConfigurationError(faults);
}
