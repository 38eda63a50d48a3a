import { Body, Controller, Get, Header, Ip, Post } from '@nestjs/common';
import { ApiExcludeController, ApiOperation, ApiTags } from '@nestjs/swagger';

import { Answers } from '../common/http/answers';
import { type Envelope, success } from '../common/http/envelope';
import { Authenticated, Caller, Public, type RouteTraits } from './access';
import { PermissionResponse, RoleResponse } from './access-matrix.response';
import {
  ChangePasswordRequest,
  identifierOf,
  LoginRequest,
  RefreshRequest,
  RegisterRequest,
} from './auth.dto';
import { CredentialsService } from './credentials.service';
import { OwnAccountResponse, VERIFY_MEMBERS, VerifyResponse } from './own-account.response';
import type { Principal } from './principal';
import { RegistrationService } from './registration.service';
import { SESSION_MEMBERS, SessionResponse } from './session.response';
import { SessionsService } from './sessions.service';
import { UserResponse } from './user.response';
import { UsersService } from './users.service';

/** The answer is a pair of tokens, which is kept nowhere. */
const SIGNS_IN: RouteTraits = { tier: 'auth', isIdempotent: false };

@ApiTags('Auth')
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly registration: RegistrationService,
  ) {}

  @Post('login')
  @Header('cache-control', 'no-store')
  @Public(SIGNS_IN)
  @ApiOperation({ summary: 'Sign in with a username or email and a password' })
  @Answers(200, SESSION_MEMBERS, 400, 401)
  async login(@Body() body: LoginRequest, @Ip() address: string): Promise<Envelope<SessionResponse>> {
    const user = await this.credentials.check(identifierOf(body), body.password, address);
    return success(SessionResponse.from(await this.sessions.signIn(user)), 'Login successful');
  }

  @Post('register')
  @Public({ tier: 'auth' })
  @ApiOperation({ summary: 'Make an account of your own, with the role user' })
  @Answers(201, { user: UserResponse }, 400, 403, 409)
  async register(@Body() body: RegisterRequest): Promise<Envelope<{ user: UserResponse }>> {
    return success(
      { user: UserResponse.from(await this.registration.register(body)) },
      'User registered successfully',
    );
  }

  @Post('refresh')
  @Header('cache-control', 'no-store')
  @Public(SIGNS_IN)
  @ApiOperation({ summary: 'Exchange a refresh token, good for one use, for a new pair of tokens' })
  @Answers(200, SESSION_MEMBERS, 400, 401)
  async refresh(@Body() body: RefreshRequest): Promise<Envelope<SessionResponse>> {
    return success(
      SessionResponse.from(await this.sessions.refresh(body.refresh_token)),
      'Token refreshed successfully',
    );
  }

  @Post('logout')
  @Authenticated()
  @ApiOperation({ summary: 'End this session: its access and refresh tokens are refused from now on' })
  @Answers(200, {}, 403)
  async logout(@Caller() caller: Principal): Promise<Envelope<object>> {
    await this.sessions.signOut(caller);
    return success({}, 'Logout successful');
  }

  @Get('me')
  @Authenticated()
  @ApiOperation({ summary: 'Who you are, and what you may do' })
  @Answers(200, { user: OwnAccountResponse })
  async me(@Caller() caller: Principal): Promise<Envelope<{ user: OwnAccountResponse }>> {
    return success({ user: OwnAccountResponse.of(await this.users.get(caller.userId), caller) });
  }

  @Get('profile')
  @Authenticated()
  @ApiOperation({ summary: 'The same as /me' })
  @Answers(200, { user: OwnAccountResponse })
  profile(@Caller() caller: Principal): Promise<Envelope<{ user: OwnAccountResponse }>> {
    return this.me(caller);
  }

  @Get('verify')
  @Authenticated()
  @ApiOperation({ summary: 'Whether these credentials hold' })
  @Answers(200, VERIFY_MEMBERS)
  async verify(@Caller() caller: Principal): Promise<Envelope<VerifyResponse>> {
    return success(VerifyResponse.of(await this.users.get(caller.userId), caller));
  }

  @Post('verify')
  @Authenticated()
  @ApiOperation({ summary: 'The same, for clients that post' })
  @Answers(200, VERIFY_MEMBERS)
  verifyByPost(@Caller() caller: Principal): Promise<Envelope<VerifyResponse>> {
    return this.verify(caller);
  }

  @Post('change-password')
  @Header('cache-control', 'no-store')
  @Authenticated(SIGNS_IN)
  @ApiOperation({ summary: 'Change your password: every session ends, and this answer opens a new one' })
  @Answers(200, SESSION_MEMBERS, 400, 403)
  async changePassword(
    @Caller() caller: Principal,
    @Body() body: ChangePasswordRequest,
    @Ip() address: string,
  ): Promise<Envelope<SessionResponse>> {
    await this.credentials.confirm(caller, body.current_password, address);
    const session = await this.users.changePassword(caller.userId, body.new_password);
    return success(SessionResponse.from(session), 'Password changed successfully');
  }

  @Get('permissions')
  @Authenticated()
  @ApiOperation({ summary: 'The access matrix: every permission, and which roles hold it' })
  @Answers(200, { permissions: [PermissionResponse], roles: [RoleResponse] })
  permissions(): Envelope<{ permissions: PermissionResponse[]; roles: RoleResponse[] }> {
    return success({ permissions: PermissionResponse.all(), roles: RoleResponse.all() });
  }

  @Get('health')
  @Public()
  @ApiOperation({ summary: 'Whether authentication answers' })
  @Answers(200, { status: 'string', service: 'string' })
  health(): Envelope<{ status: string; service: string }> {
    return success({ status: 'healthy', service: 'auth' });
  }
}

/** The same routes at their older place. */
@ApiExcludeController()
@Controller('auth')
export class AuthAliasController extends AuthController {}
