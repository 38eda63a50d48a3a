import { learningComplaints, type Standing, standingLines } from './standing';

const standing = (verified: number, expected: readonly (readonly [string, number])[]): Standing => ({
  rates: { success_rate: 100, verified_success_rate: verified },
  rankings: expected.map(([remedy, success], index) => ({
    remedy,
    rank: index + 1,
    expected_success: success,
  })),
});
const before = standing(100, [['scale_up', 0.5]]);
const after = standing(50, [
  ['restart_service', 0.6],
  ['scale_up', 0.33],
]);

describe('what the product has learnt between two looks', () => {
  it('is how the rates moved, and what it expects of each remedy now', () => {
    expect(standingLines(before, after)).toEqual([
      'success rate 100 % → 100 %; verified 100 % → 50 %',
      'restart_service is now number 1 with 60 % expected success',
      'scale_up is now number 2 with 33 % expected success, was 1 with 50 %',
    ]);
  });
  it('is to be less of what did not help, and more of what did', () => {
    const useless = { action_type: 'scale_up', shouldHelp: false };
    const useful = { action_type: 'restart_service', shouldHelp: true };
    expect(learningComplaints(useless, before, after)).toEqual([]);
    expect(learningComplaints(useful, before, after)).toEqual([]);
    expect(learningComplaints(useless, after, before)).toEqual([
      'of scale_up is not expected less than before',
    ]);
    expect(learningComplaints(useful, after, before)).toEqual([
      'of restart_service is not expected more than before',
    ]);
  });
});
