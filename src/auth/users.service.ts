import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service';
import { Database } from '../database/database';
import { Role } from './access-matrix';
import { changesOf, losesAdmin, UserEdit } from './account-changes';
import { LastActiveAdmin, UserNotFound } from './auth.errors';
import { IdPage } from './id-page';
import { Passwords } from './passwords';
import { Session, SessionsService } from './sessions.service';
import { UserEntity } from './user.entity';
import { UsersRepository } from './users.repository';

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly role: Role;
}

/** The people who may sign in. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Throws  AccountTaken. */
  async create(
    { username, email, password, role }: NewAccount,
    action: 'user.registered' | 'user.created',
  ): Promise<UserEntity> {
    const passwordHash = await this.passwords.hash(password);
    return this.database.run(async () => {
      const user = await this.users.insert({ username, email, passwordHash, role });
      await this.audit.record({
        action,
        subjectType: 'user',
        subjectId: user.id,
        after: { username, email, role },
      });
      return user;
    });
  }

  /** Throws  UserNotFound. */
  async get(id: number): Promise<UserEntity> {
    const user = await this.users.find(id);
    if (user === null) throw new UserNotFound();
    return user;
  }

  list(page: IdPage): Promise<[UserEntity[], number]> {
    return this.users.list(page);
  }

  /**
   * Changes an account; one that is disabled or given another password loses its sessions at once.
   * Throws  UserNotFound, AccountTaken, LastActiveAdmin.
   */
  async update(id: number, { password, ...edit }: UserEdit & { password?: string }): Promise<UserEntity> {
    const passwordHash = password === undefined ? undefined : await this.passwords.hash(password);
    return this.database.run(async () => {
      const admins = await this.users.lockActiveAdmins();
      const user = await this.users.lock(id);
      if (user === null) throw new UserNotFound();
      if (losesAdmin(user, edit) && admins.length === 1) throw new LastActiveAdmin(user.username);
      const { before, after, changes, endsSessions } = changesOf(user, { ...edit, passwordHash });
      if (Object.keys(changes).length === 0) return user;
      if (endsSessions) await this.sessions.endAll(id);
      const updated = await this.users.update(id, changes);
      await this.audit.record({ action: 'user.updated', subjectType: 'user', subjectId: id, before, after });
      this.sessions.reconsider();
      return updated;
    });
  }

  /** Gives a user who has just confirmed the old password a new one, and a new session in place of all they had. Throws  UserNotFound. */
  async changePassword(id: number, password: string): Promise<Session> {
    const passwordHash = await this.passwords.hash(password);
    return this.database.run(async () => {
      const user = await this.users.lock(id);
      if (user === null) throw new UserNotFound();
      await this.sessions.endAll(id);
      const updated = await this.users.update(id, { passwordHash, tokenVersion: user.tokenVersion + 1 });
      await this.audit.record({ action: 'user.password_changed', subjectType: 'user', subjectId: id });
      return this.sessions.restart(updated);
    });
  }
}
