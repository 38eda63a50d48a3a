import { UnsupportedWireFormat } from './protocols.errors';
import { remoteWriteVersion } from './remote-write-media';

describe('remoteWriteVersion', () => {
  it.each([
    ['application/x-protobuf', '1.0'],
    ['application/x-protobuf;proto=prometheus.WriteRequest', '1.0'],
    ['application/x-protobuf; proto=io.prometheus.write.v2.Request', '2.0'],
    ['Application/X-Protobuf; charset=utf-8; proto="io.prometheus.write.v2.Request"', '2.0'],
  ])('reads %s as version %s', (contentType, version) => {
    expect(remoteWriteVersion(contentType, 'snappy')).toBe(version);
  });

  it.each([
    ['application/json', 'snappy'],
    ['image/png', 'snappy'],
    [undefined, 'snappy'],
    ['application/x-protobuf;proto=io.prometheus.write.v3.Request', 'snappy'],
    ['application/x-protobuf;proto=', 'snappy'],
    ['application/x-protobuf', 'gzip'],
    ['application/x-protobuf', 'deflate'],
    ['application/x-protobuf', undefined],
    ['application/x-protobuf', 'snappy, gzip'],
  ])('refuses %s in %s', (contentType, contentEncoding) => {
    expect(() => remoteWriteVersion(contentType, contentEncoding)).toThrow(UnsupportedWireFormat);
  });
});
