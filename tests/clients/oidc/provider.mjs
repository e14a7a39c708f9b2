// An identity provider on loopback: panva's oidc-provider, with the device flow, refresh tokens, and tokens in JWT
// for three services. Its keys can be turned while it runs.

import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import Provider from 'oidc-provider';

// It tells of each default that a real provider would change.
console.info = () => {};
console.warn = () => {};

export const SERVICE = 'https://lightcone.example.org';
/// The same service, by tokens that live for seconds.
export const BRIEF = 'https://brief.example.org';
export const OTHER = 'https://other.example.org';
export const CLIENT = 'lightcone';

const LIFE_S = { [SERVICE]: 600, [BRIEF]: 3, [OTHER]: 600 };

export class House {
  #keys = [];
  #callback;
  #server;
  #discoveries = 0;

  static async open() {
    const house = new House();
    house.#server = createServer((request, response) => {
      house.#discoveries += request.url.startsWith('/.well-known/') ? 1 : 0;
      house.#callback(request, response);
    });
    await new Promise((done) => house.#server.listen(0, '127.0.0.1', done));
    house.turn({ keep: false });
    return house;
  }

  get issuer() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /// How often its description was asked for.
  get discoveries() {
    return this.#discoveries;
  }

  /// Signs with a new key from now on; the old ones are kept published, or not.
  turn({ keep }) {
    const made = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) };
    this.#keys = [{ ...made, kid: randomUUID(), alg: 'ES256', use: 'sig' }, ...(keep ? this.#keys : [])];
    this.#callback = new Provider(this.issuer, configuration(this.#keys)).callback();
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

function configuration(keys) {
  return {
    jwks: { keys },
    cookies: { keys: [randomUUID()] },
    clients: [
      {
        client_id: CLIENT,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    scopes: ['openid', 'offline_access'],
    issueRefreshToken: () => true,
    extraTokenClaims: () => ({ groups: ['analysts'] }),
    features: {
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => SERVICE,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: '',
          audience: resource === OTHER ? OTHER : SERVICE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: LIFE_S[resource],
          jwt: { sign: { alg: 'ES256' } },
        }),
        useGrantedResource: () => true,
      },
    },
  };
}
