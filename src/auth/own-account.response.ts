import { ApiProperty } from '@nestjs/swagger';

import { ALL_PERMISSIONS, Permission } from './access-matrix';
import { Principal } from './principal';
import { UserEntity } from './user.entity';
import { UserResponse } from './user.response';

/** The account behind a request, with what this request's credentials may do: a key's scopes, or all of the role's. */
export class OwnAccountResponse extends UserResponse {
  @ApiProperty({ enum: [...ALL_PERMISSIONS], isArray: true }) permissions: Permission[];

  static of(user: UserEntity, { permissions }: Principal): OwnAccountResponse {
    return { ...UserResponse.from(user), permissions: [...permissions] };
  }
}

/** The members of `data` where credentials hold, as `Answers` documents them. */
export const VERIFY_MEMBERS = { valid: 'boolean', user: OwnAccountResponse, token_type: 'string' } as const;

export class VerifyResponse {
  valid: true;
  user: OwnAccountResponse;
  token_type: 'Bearer' | 'Basic' | 'ApiKey';

  static of(user: UserEntity, caller: Principal): VerifyResponse {
    return { valid: true, user: OwnAccountResponse.of(user, caller), token_type: tokenType(caller) };
  }
}

function tokenType({ actor, sessionId }: Principal): VerifyResponse['token_type'] {
  if (actor.kind === 'api_key') return 'ApiKey';
  return sessionId === undefined ? 'Basic' : 'Bearer';
}
