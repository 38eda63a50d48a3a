import createClient, { type Client } from 'openapi-fetch';

import type { components, paths } from './api.d.ts';

/** The whole API, typed: `api.GET('/api/anomalies', …)` knows its parameters, its answer and its errors. */
export type Api = Client<paths>;

/** Every shape by its name in the OpenAPI document, such as `Schemas['AnomalyResponse']`. */
export type Schemas = components['schemas'];

/** The API at an address. The credential is an access token or an API key; without one only public routes answer. */
export function connect(baseUrl: string, credential?: string): Api {
  const headers = credential === undefined ? {} : { authorization: `Bearer ${credential}` };
  return createClient<paths>({ baseUrl, headers });
}
