import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiExcludeController, ApiOperation, ApiTags } from '@nestjs/swagger';

import { Answers } from '../common/http/answers';
import { type Envelope, success } from '../common/http/envelope';
import { IdPipe } from '../common/http/id.pipe';
import { CursorQuery, Pagination } from '../common/http/pagination';
import { Requires } from './access';
import { idPage, paginateById } from './id-page';
import { UserResponse } from './user.response';
import { CreateUserRequest, UpdateUserRequest } from './users.dto';
import { UsersService } from './users.service';

@ApiTags('Auth')
@Controller('api/auth/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Requires('users:manage')
  @ApiOperation({ summary: 'List users, newest first' })
  @Answers(200, { users: [UserResponse], pagination: Pagination }, 400)
  async list(
    @Query() query: CursorQuery,
  ): Promise<Envelope<{ users: UserResponse[]; pagination: Pagination }>> {
    const page = idPage(query);
    const [users, total] = await this.users.list(page);
    return success({
      users: users.map((user) => UserResponse.from(user)),
      pagination: paginateById(page, users, total),
    });
  }

  @Post()
  @Requires('users:manage')
  @ApiOperation({ summary: 'Create a user' })
  @Answers(201, { user: UserResponse }, 400, 409)
  async create(
    @Body() { role = 'user', ...account }: CreateUserRequest,
  ): Promise<Envelope<{ user: UserResponse }>> {
    return success(
      { user: UserResponse.from(await this.users.create({ ...account, role }, 'user.created')) },
      'User created successfully',
    );
  }

  @Get(':id')
  @Requires('users:manage')
  @ApiOperation({ summary: 'Get a user' })
  @Answers(200, { user: UserResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number): Promise<Envelope<{ user: UserResponse }>> {
    return success({ user: UserResponse.from(await this.users.get(id)) });
  }

  @Put(':id')
  @Requires('users:manage')
  @ApiOperation({ summary: "Change a user's email, role or password, or disable the account" })
  @Answers(200, { user: UserResponse }, 400, 404, 409)
  async update(
    @Param('id', IdPipe) id: number,
    @Body() body: UpdateUserRequest,
  ): Promise<Envelope<{ user: UserResponse }>> {
    const { is_active: isActive, ...edit } = body;
    return success(
      { user: UserResponse.from(await this.users.update(id, { ...edit, isActive })) },
      'User updated successfully',
    );
  }
}

/** The same routes at their older place. */
@ApiExcludeController()
@Controller('auth/users')
export class UsersAliasController extends UsersController {}
