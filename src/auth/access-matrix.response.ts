import { ApiProperty } from '@nestjs/swagger';

import {
  ACCESS_MATRIX,
  ALL_PERMISSIONS,
  type Permission,
  PERMISSIONS,
  type Role,
  ROLES,
} from './access-matrix';

export class PermissionResponse {
  @ApiProperty({ enum: [...ALL_PERMISSIONS] }) name: Permission;
  @ApiProperty({ example: PERMISSIONS['anomalies:read'] }) description: string;

  static all(): PermissionResponse[] {
    return ALL_PERMISSIONS.map((name) => ({ name, description: PERMISSIONS[name] }));
  }
}

export class RoleResponse {
  @ApiProperty({ enum: [...ROLES] }) name: Role;
  @ApiProperty({ enum: [...ALL_PERMISSIONS], isArray: true }) permissions: Permission[];

  static all(): RoleResponse[] {
    return ROLES.map((name) => ({ name, permissions: [...ACCESS_MATRIX[name]] }));
  }
}
