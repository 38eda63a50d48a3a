import { parse } from 'protobufjs';

import { encodeExportResponse, encodeStatus, exportResponse, RPC_CODE } from './otlp-answer';

const STATUS = parse(
  'syntax = "proto3"; message Status { int32 code = 1; string message = 2; }',
).root.lookupType('Status');

describe('the answer to an OTLP sender', () => {
  it('is nothing where everything was accepted', () => {
    expect(encodeExportResponse(null)).toHaveLength(0);
    expect(exportResponse(null)).toEqual({});
  });

  it('says how many points were left out and why, as the known answer says', () => {
    const partial = { rejectedDataPoints: 1, errorMessage: 'x' };
    expect(encodeExportResponse(partial).toString('hex')).toBe('0a050801120178');
    expect(exportResponse(partial)).toEqual({
      partialSuccess: { rejectedDataPoints: '1', errorMessage: 'x' },
    });
  });

  it('carries long messages and large numbers', () => {
    const bytes = encodeExportResponse({ rejectedDataPoints: 200_000, errorMessage: 'ä'.repeat(200) });
    expect(bytes.subarray(0, 10).toString('hex')).toBe('0a970308c09a0c129003');
  });

  it('is a google.rpc.Status for an error', () => {
    const bytes = encodeStatus(RPC_CODE.unavailable, 'try again');
    expect(STATUS.toObject(STATUS.decode(bytes))).toEqual({ code: 14, message: 'try again' });
  });
});
