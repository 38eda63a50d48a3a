import { Injectable } from '@nestjs/common';

import { AuthConfig } from '../config/sections';
import { RegistrationClosed } from './auth.errors';
import { UserEntity } from './user.entity';
import { NewAccount, UsersService } from './users.service';

/** Strangers who make themselves an account. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly config: AuthConfig,
    private readonly users: UsersService,
  ) {}

  /** An account with the least role that can report; whatever else the request asked for. Throws  RegistrationClosed, AccountTaken. */
  register({ username, email, password }: Omit<NewAccount, 'role'>): Promise<UserEntity> {
    if (this.config.registration === 'closed') throw new RegistrationClosed();
    return this.users.create({ username, email, password, role: 'user' }, 'user.registered');
  }
}
