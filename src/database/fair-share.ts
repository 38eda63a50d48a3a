/**
 * How many parts of a piece of work a member is to hold, so that all are held and no member holds more than one more than another.
 * Shape   rank: the member's place among all, from 0, in an order that every member sees alike. Returns a whole number.
 * @example fairShare(16, 3, 0) // 6; the members of rank 1 and 2 hold 5
 */
export function fairShare(parts: number, members: number, rank: number): number {
  return Math.floor(parts / members) + (rank < parts % members ? 1 : 0);
}
