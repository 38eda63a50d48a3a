import { InvalidInput } from '../common/errors/domain-error';
import { OptionalBody } from '../common/http/validation.pipe';
import { Text } from '../common/validation/fields';
import { Email, KnownPassword, NewPassword, Username } from './account-fields';

const LOGIN_REQUIRED = 'Username and password required';
const REGISTRATION_REQUIRED = 'Username, email, and password required';

/** A body that is missing altogether is answered by the contract's own sentence. */
@OptionalBody()
export class LoginRequest {
  @Text(254, { required: false, description: 'Username, or email address', example: 'admin' })
  username?: string;

  @Text(254, { required: false, description: 'In place of the username' })
  email?: string;

  @KnownPassword({ requiredMessage: LOGIN_REQUIRED })
  password: string;
}

/** The name that a login gives. Throws  InvalidInput where it gives none. */
export function identifierOf({ username, email }: Pick<LoginRequest, 'username' | 'email'>): string {
  const identifier = username || email;
  if (!identifier) throw new InvalidInput(LOGIN_REQUIRED, [{ field: 'username', message: LOGIN_REQUIRED }]);
  return identifier;
}

@OptionalBody()
export class RegisterRequest {
  @Username({ requiredMessage: REGISTRATION_REQUIRED })
  username: string;

  @Email({ requiredMessage: REGISTRATION_REQUIRED })
  email: string;

  @NewPassword({ requiredMessage: REGISTRATION_REQUIRED })
  password: string;
}

@OptionalBody()
export class RefreshRequest {
  @Text(512, { requiredMessage: 'Refresh token required', description: 'From a login or the last refresh' })
  refresh_token: string;
}

export class ChangePasswordRequest {
  @KnownPassword()
  current_password: string;

  @NewPassword()
  new_password: string;
}
