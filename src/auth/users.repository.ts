import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { QueryFailedError, Raw, Repository } from 'typeorm';

import { Database } from '../database/database';
import { Role } from './access-matrix';
import { AccountTaken } from './auth.errors';
import { IdPage } from './id-page';
import { newestFirst } from './newest-first';
import { UserEntity } from './user.entity';

export type NewUser = Pick<UserEntity, 'username' | 'email' | 'passwordHash' | 'role'>;
export type UserChanges = Partial<
  Pick<UserEntity, 'email' | 'passwordHash' | 'role' | 'isActive' | 'tokenVersion'>
>;

/** An active account as authentication needs it. */
export interface AccountStanding {
  readonly userId: number;
  readonly username: string;
  readonly role: Role;
  readonly tokenVersion: number;
}

/** Any number that no other advisory lock of ours takes. */
const FIRST_ADMIN_LOCK = 7_203_452;

const UNIQUE_VIOLATION = '23505';

const LOCK_ACTIVE_ADMINS = {
  name: 'users_lock_active_admins',
  text: `SELECT id FROM users WHERE role = 'admin' AND is_active ORDER BY id FOR NO KEY UPDATE`,
};

const SIGN_IN = {
  name: 'users_sign_in',
  text: `UPDATE users SET last_login_at = now() WHERE id = $1 AND is_active AND password_hash = $2 AND token_version = $3
         RETURNING last_login_at`,
};

const STANDING = {
  name: 'users_standing',
  text: `SELECT id AS "userId", username, role, token_version AS "tokenVersion" FROM users
         WHERE id = $1 AND is_active AND ($2::uuid IS NULL OR EXISTS (
           SELECT FROM refresh_tokens WHERE family = $2 AND user_id = $1 AND revoked_at IS NULL))`,
};

@Injectable()
export class UsersRepository {
  constructor(
    @InjectRepository(UserEntity) private readonly users: Repository<UserEntity>,
    private readonly database: Database,
  ) {}

  find(id: number): Promise<UserEntity | null> {
    return this.rows.findOneBy({ id });
  }

  /** By username, or by email where the text has an `@`, which no username has. */
  findByIdentifier(identifier: string): Promise<UserEntity | null> {
    const lowered = Raw((column) => `lower(${column}) = :identifier`, {
      identifier: identifier.toLowerCase(),
    });
    return this.rows.findOneBy(identifier.includes('@') ? { email: lowered } : { username: lowered });
  }

  /** A page, newest first, with the exact total. */
  list(page: IdPage): Promise<[UserEntity[], number]> {
    return newestFirst(this.rows, page);
  }

  hasAny(): Promise<boolean> {
    return this.rows.exists();
  }

  /** Throws  AccountTaken. */
  async insert(values: NewUser): Promise<UserEntity> {
    const user = this.rows.create(values);
    await refuseTaken(this.rows.insert(user));
    return this.rows.findOneByOrFail({ id: user.id });
  }

  /** Throws  AccountTaken. */
  async update(id: number, changes: UserChanges): Promise<UserEntity> {
    await refuseTaken(this.rows.update({ id }, { ...changes, updatedAt: () => 'now()' }));
    return this.rows.findOneByOrFail({ id });
  }

  /** The account, kept as it is until the transaction ends: whatever starts or ends its sessions waits here. */
  lock(id: number): Promise<UserEntity | null> {
    return this.rows.findOne({ where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  /** The ids of those who can administer, none of whom ceases to before the transaction ends. */
  async lockActiveAdmins(): Promise<number[]> {
    const admins = await this.database.query<{ id: number }>(LOCK_ACTIVE_ADMINS);
    return admins.map(({ id }) => id);
  }

  /** Notes the login, unless the account was disabled or given another password since it was read; then null. */
  async signIn({ id, passwordHash, tokenVersion }: UserEntity): Promise<Date | null> {
    const rows = await this.database.query<{ last_login_at: Date }>(SIGN_IN, [
      id,
      passwordHash,
      tokenVersion,
    ]);
    return rows[0]?.last_login_at ?? null;
  }

  /** The account, where it is active and, if a session is asked for, that session goes on. */
  async findStanding(id: number, sessionId: string | null): Promise<AccountStanding | null> {
    return (await this.database.read<AccountStanding>(STANDING, [id, sessionId]))[0] ?? null;
  }

  /** One process at a time makes the first admin. */
  async lockFirstAdmin(): Promise<void> {
    await this.database.execute('SELECT pg_advisory_xact_lock($1)', [FIRST_ADMIN_LOCK]);
  }

  private get rows(): Repository<UserEntity> {
    return this.database.bind(this.users);
  }
}

async function refuseTaken(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (
      error instanceof QueryFailedError &&
      (error.driverError as { code?: string }).code === UNIQUE_VIOLATION
    )
      throw new AccountTaken();
    throw error;
  }
}
