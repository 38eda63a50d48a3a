/** What can be done, in the contract's order. */
export const ACTION_TYPES = [
  'scale_up',
  'scale_down',
  'restart_service',
  'custom',
  'cleanup_logs',
  'update_config',
  'rollback',
  'cleanup_disk',
  'optimize_performance',
  'enhance_monitoring',
] as const;
export type ActionType = (typeof ACTION_TYPES)[number];
