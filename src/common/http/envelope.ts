/** The contract's success body. */
export interface Envelope<Data> {
  status: 'success';
  message?: string;
  data: Data;
}

/**
 * Wraps an answer in the success envelope; `message` stands on writes.
 * @example success({ anomaly }, 'Anomaly created successfully')
 */
export function success<Data>(data: Data, message?: string): Envelope<Data> {
  return message === undefined ? { status: 'success', data } : { status: 'success', message, data };
}
