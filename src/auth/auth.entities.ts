import { ApiKeyEntity } from './api-key.entity';
import { LoginAttemptEntity } from './login-attempt.entity';
import { RefreshTokenEntity } from './refresh-token.entity';
import { UserEntity } from './user.entity';

export const AUTH_ENTITIES = [UserEntity, RefreshTokenEntity, ApiKeyEntity, LoginAttemptEntity];
