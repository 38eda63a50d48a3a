import { Role } from './access-matrix';
import type { UserEntity } from './user.entity';
import type { UserChanges } from './users.repository';

/** What an admin may change of an account; what is left out stays. */
export interface UserEdit {
  readonly email?: string;
  readonly role?: Role;
  readonly isActive?: boolean;
}

type Account = Pick<UserEntity, 'email' | 'role' | 'isActive' | 'tokenVersion'>;

export interface AccountChange {
  readonly changes: UserChanges;
  /** The changed members as the audit trail shows them: a password only as having changed. */
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
  readonly endsSessions: boolean;
}

/** Whether an edit takes the right to administer from somebody who has it. */
export function losesAdmin(
  account: Pick<Account, 'role' | 'isActive'>,
  { role, isActive }: UserEdit,
): boolean {
  const isAdmin = account.role === 'admin' && account.isActive;
  return isAdmin && ((role !== undefined && role !== 'admin') || isActive === false);
}

/**
 * What an edit changes of an account, and whether its sessions must end: where it is disabled, or its password is another.
 * A changed role needs no new session, since rights are read from the account and not from the token.
 */
export function changesOf(
  account: Account,
  edit: UserEdit & { readonly passwordHash?: string },
): AccountChange {
  const { email, role, isActive, passwordHash } = edit;
  const changes: UserChanges = {};
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  if (email !== undefined && email !== account.email) {
    changes.email = after.email = email;
    before.email = account.email;
  }
  if (role !== undefined && role !== account.role) {
    changes.role = role;
    after.role = role;
    before.role = account.role;
  }
  if (isActive !== undefined && isActive !== account.isActive) {
    changes.isActive = after.is_active = isActive;
    before.is_active = account.isActive;
  }
  if (passwordHash !== undefined) {
    changes.passwordHash = passwordHash;
    after.password_changed = true;
  }
  const endsSessions = changes.isActive === false || changes.passwordHash !== undefined;
  if (endsSessions) changes.tokenVersion = account.tokenVersion + 1;
  return { changes, before, after, endsSessions };
}
