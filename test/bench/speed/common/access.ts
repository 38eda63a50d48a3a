import { createHmac, timingSafeEqual } from 'node:crypto';

import {
  CanActivate,
  ExecutionContext,
  HttpException,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Repository } from 'typeorm';

import { UserEntity } from './entities';

/** A request as the guard leaves it. */
export type SignedInRequest = FastifyRequest & { user: UserEntity };

/** What passport and its JWT strategy do, without the packages: the signature, the expiry, the user. */
@Injectable()
export class JwtGuard implements CanActivate {
  private readonly secret = process.env.JWT_SECRET ?? '';

  constructor(@InjectRepository(UserEntity) private readonly users: Repository<UserEntity>) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<SignedInRequest>();
    const id = this.verify(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
    const user = await this.users.findOne({ where: { id } });
    if (user === null || !user.is_active) throw new UnauthorizedException();
    request.user = user;
    return true;
  }

  private verify(token: string): number {
    const [header, payload, signature] = token.split('.');
    const expected = createHmac('sha256', this.secret).update(`${header}.${payload}`).digest();
    const given = Buffer.from(signature ?? '', 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new UnauthorizedException();
    const { sub, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      sub: string;
      exp: number;
    };
    if (exp * 1_000 < Date.now()) throw new UnauthorizedException();
    return Number(sub);
  }
}

const LIMIT = 10_000_000;
const WINDOW_MS = 60_000;

/** What a throttler with storage in memory does. */
@Injectable()
export class ThrottlerGuard implements CanActivate {
  private readonly hits = new Map<string, { count: number; endsAt: number }>();

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { ip } = http.getRequest<FastifyRequest>();
    const key = `${context.getClass().name}-${context.getHandler().name}-${ip}`;
    const now = Date.now();
    const known = this.hits.get(key);
    const hit = known !== undefined && known.endsAt > now ? known : { count: 0, endsAt: now + WINDOW_MS };
    hit.count++;
    this.hits.set(key, hit);
    http
      .getResponse<FastifyReply>()
      .header('X-RateLimit-Limit', LIMIT)
      .header('X-RateLimit-Remaining', Math.max(0, LIMIT - hit.count))
      .header('X-RateLimit-Reset', Math.ceil((hit.endsAt - now) / 1_000));
    if (hit.count > LIMIT) throw new HttpException('Too Many Requests', 429);
    return true;
  }
}
