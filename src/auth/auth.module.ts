import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { AccessTokens } from './access-tokens';
import { ApiKeysAliasController, ApiKeysController } from './api-keys.controller';
import { ApiKeysRepository } from './api-keys.repository';
import { ApiKeysService } from './api-keys.service';
import { AuditTrailController } from './audit-trail.controller';
import { AuthAliasController, AuthController } from './auth.controller';
import { AUTH_ENTITIES } from './auth.entities';
import { AuthRetention } from './auth-retention';
import { Authenticator } from './authenticator';
import { CredentialsService } from './credentials.service';
import { DeniedAttempts } from './denied-attempts';
import { FirstAdmin } from './first-admin';
import { KeyChange } from './key-change.service';
import { LoginAttemptsRepository } from './login-attempts.repository';
import { Passwords } from './passwords';
import { RateLimits } from './rate-limits.service';
import { RateUsageRepository } from './rate-usage.repository';
import { RefreshTokensRepository } from './refresh-tokens.repository';
import { RegistrationService } from './registration.service';
import { RequestAuthenticator } from './request.authenticator';
import { Secrets } from './secrets.service';
import { SessionsService } from './sessions.service';
import { Standings } from './standings';
import { UsersAliasController, UsersController } from './users.controller';
import { UsersRepository } from './users.repository';
import { UsersService } from './users.service';

/** Who may sign in, how a request says who sends it, and what each role may do. */
@Module({
  imports: [TypeOrmModule.forFeature(AUTH_ENTITIES)],
  controllers: [
    AuthController,
    AuthAliasController,
    UsersController,
    UsersAliasController,
    ApiKeysController,
    ApiKeysAliasController,
    AuditTrailController,
  ],
  providers: [
    AccessTokens,
    ApiKeysRepository,
    ApiKeysService,
    AuthRetention,
    CredentialsService,
    DeniedAttempts,
    FirstAdmin,
    KeyChange,
    LoginAttemptsRepository,
    Passwords,
    RateLimits,
    RateUsageRepository,
    RefreshTokensRepository,
    RegistrationService,
    Secrets,
    SessionsService,
    Standings,
    UsersRepository,
    UsersService,
    { provide: Authenticator, useClass: RequestAuthenticator },
  ],
  exports: [
    ApiKeysService,
    Authenticator,
    DeniedAttempts,
    FirstAdmin,
    KeyChange,
    RateLimits,
    Secrets,
    UsersService,
  ],
})
export class AuthModule {}
