import type { Notice, Subject } from './notice';

const PATHS = {
  anomaly: '/api/anomalies',
  incident: '/api/incidents',
  action: '/api/remediation/actions',
} as const satisfies Record<Subject['kind'], string>;

/** Where more is to be read, in what messages say; null where nobody has said where the product is reached. */
export interface Links {
  /** Of what a notice is about; asks for a token, as all of the API does. */
  of(notice: Pick<Notice, 'about'>): string | null;
  /** Where people log in to the API and find their way about it. */
  readonly docs: string | null;
}

/**
 * The links of a product.
 * Shape   publicUrl: where people reach it, without a slash at its end; empty where nobody has said.
 * @example linksOf('https://ops.example').of({ about: { kind: 'anomaly', id: 7 } }) // 'https://ops.example/api/anomalies/7'
 */
export function linksOf(publicUrl: string): Links {
  return {
    of: ({ about }) =>
      publicUrl === '' || about === null ? null : `${publicUrl}${PATHS[about.kind]}/${about.id}`,
    docs: publicUrl === '' ? null : `${publicUrl}/api/docs`,
  };
}
