import { ACCESS_TOKEN_SECONDS } from './access-tokens';
import { Session } from './sessions.service';
import { UserResponse } from './user.response';

/** The members of `data` in every answer that opens or renews a session, as `Answers` documents them. */
export const SESSION_MEMBERS = {
  token: 'string',
  refresh_token: 'string',
  expires_in: 'integer',
  token_type: 'string',
  user: UserResponse,
} as const;

export class SessionResponse {
  token: string;
  refresh_token: string;
  /** Seconds that the access token lives. */
  expires_in: number;
  token_type: 'Bearer';
  user: UserResponse;

  static from({ user, token, refreshToken }: Session): SessionResponse {
    return {
      token,
      refresh_token: refreshToken,
      expires_in: ACCESS_TOKEN_SECONDS,
      token_type: 'Bearer',
      user: UserResponse.from(user),
    };
  }
}
