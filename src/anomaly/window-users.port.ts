/** Who refers to maintenance windows: a window that is referred to is not deleted. A later module registers itself with `PlannedWork.serve`. */
export abstract class WindowUsersPort {
  /** What refers to a window, each in words (`standing schedule Clean up`), in the open transaction. */
  abstract usersOf(windowId: number): Promise<string[]>;
}
