import { ApiProperty } from '@nestjs/swagger';

import { type Role, ROLES } from './access-matrix';
import { UserEntity } from './user.entity';

export class UserResponse {
  @ApiProperty({ type: 'integer', example: 7 }) id: number;
  @ApiProperty({ example: 'ada' }) username: string;
  @ApiProperty({ example: 'ada@example.org' }) email: string;
  @ApiProperty({ enum: [...ROLES] }) role: Role;
  @ApiProperty() is_active: boolean;
  @ApiProperty({ format: 'date-time' }) created_at: Date;
  @ApiProperty({ format: 'date-time' }) updated_at: Date;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) last_login_at: Date | null;

  static from({
    id,
    username,
    email,
    role,
    isActive,
    createdAt,
    updatedAt,
    lastLoginAt,
  }: UserEntity): UserResponse {
    return {
      id,
      username,
      email,
      role,
      is_active: isActive,
      created_at: createdAt,
      updated_at: updatedAt,
      last_login_at: lastLoginAt,
    };
  }
}
