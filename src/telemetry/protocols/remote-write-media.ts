import { UnsupportedWireFormat } from './protocols.errors';

export type RemoteWriteVersion = '1.0' | '2.0';

const VERSIONS: ReadonlyMap<string | undefined, RemoteWriteVersion> = new Map([
  [undefined, '1.0'],
  ['prometheus.writerequest', '1.0'],
  ['io.prometheus.write.v2.request', '2.0'],
]);
const ACCEPTED =
  'accepted is application/x-protobuf, with proto=prometheus.WriteRequest (or none) or proto=io.prometheus.write.v2.Request, in Content-Encoding: snappy';

/**
 * The message that a remote write request brings, by its Content-Type; the version header says nothing that this does not.
 * Throws  UnsupportedWireFormat for another type, message or encoding.
 * @example remoteWriteVersion('application/x-protobuf;proto=io.prometheus.write.v2.Request', 'snappy') // '2.0'
 */
export function remoteWriteVersion(
  contentType: string | undefined,
  contentEncoding: string | undefined,
): RemoteWriteVersion {
  const [type, ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const encoding = contentEncoding?.trim().toLowerCase();
  const message = parameters
    .map((parameter) => /^proto\s*=\s*"?([^"]*)"?$/.exec(parameter)?.[1])
    .find((name) => name !== undefined);
  const version = VERSIONS.get(message);
  if (type !== 'application/x-protobuf' || version === undefined)
    throw new UnsupportedWireFormat(`Content-Type is not supported; ${ACCEPTED}`);
  if (encoding !== 'snappy')
    throw new UnsupportedWireFormat(`Content-Encoding is not supported; ${ACCEPTED}`);
  return version;
}
