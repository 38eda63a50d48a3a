import { Flag } from '../common/validation/fields';
import type { Role } from './access-matrix';
import { Email, NewPassword, RoleName, Username } from './account-fields';

export class CreateUserRequest {
  @Username()
  username: string;

  @Email()
  email: string;

  @NewPassword()
  password: string;

  @RoleName({ required: false, description: 'Default user' })
  role?: Role;
}

export class UpdateUserRequest {
  @Email({ required: false })
  email?: string;

  @RoleName({ required: false })
  role?: Role;

  @Flag({
    required: false,
    description: 'false disables the account and ends its sessions and the use of its keys',
  })
  is_active?: boolean;

  @NewPassword({ required: false })
  password?: string;
}
