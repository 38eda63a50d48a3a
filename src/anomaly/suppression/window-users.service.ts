import { Injectable } from '@nestjs/common';

import type { WindowUsersPort } from '../window-users.port';

/** Everybody who refers to maintenance windows. */
@Injectable()
export class WindowUsers {
  private readonly users: WindowUsersPort[] = [];

  register(users: WindowUsersPort): void {
    this.users.push(users);
  }

  /** What refers to a window, in words. */
  async of(windowId: number): Promise<string[]> {
    const found: string[] = [];
    for (const users of this.users) found.push(...(await users.usersOf(windowId)));
    return found;
  }
}
