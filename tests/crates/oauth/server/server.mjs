// An authorization server for tests: oidc-provider with a sign-in and a consent page of plain
// HTML, a protected resource, a record of what happened, and faults on demand.
//
// Reads its settings as JSON from standard input and prints its issuer once it listens.

import http from 'node:http';
import { text } from 'node:stream/consumers';

import Provider, { interactionPolicy } from 'oidc-provider';

import { Adapter } from './adapter.mjs';
import { Faults } from './faults.mjs';
import { interaction } from './interaction.mjs';
import { Record } from './record.mjs';
import { resource } from './resource.mjs';

const settings = JSON.parse(await text(process.stdin));

const server = http.createServer();
await new Promise((resolve) => server.listen(settings.port ?? 0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const policy = interactionPolicy.base();
policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);

const provider = new Provider(issuer, {
  adapter: Adapter,
  clients: settings.clients,
  scopes: ['openid', 'offline_access', ...settings.scopes],
  claims: { openid: ['sub'], email: ['email'], profile: ['name'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id, email: `${id}@example.com` }),
  }),
  cookies: { keys: ['of-the-tests'] },
  interactions: { policy, url: (_, { uid }) => `/interaction/${uid}` },
  pkce: { required: () => true },
  rotateRefreshToken: settings.rotateRefreshToken,
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  expiresWithSession: () => false,
  ttl: {
    AccessToken: settings.accessTokenSeconds,
    ClientCredentials: settings.accessTokenSeconds,
    AuthorizationCode: 60,
    Grant: 86_400,
    Interaction: 3_600,
    RefreshToken: 86_400,
    Session: 86_400,
  },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    resourceIndicators: { enabled: false },
    revocation: { enabled: true },
    userinfo: { enabled: true },
  },
});

const record = new Record(provider);
const faults = new Faults();
const answer = provider.callback();

server.on('request', async (request, response) => {
  try {
    const { pathname } = new URL(request.url, issuer);
    if (pathname === '/__events') {
      json(response, 200, record.summary());
    } else if (pathname === '/__issued') {
      json(response, 200, record.values());
    } else if (pathname === '/__faults') {
      faults.add(JSON.parse(await text(request)));
      json(response, 200, {});
    } else if (pathname.startsWith('/interaction/')) {
      await interaction(provider, settings, request, response);
    } else if (pathname.startsWith('/api/')) {
      await resource(provider, settings, pathname, request, response);
    } else if (pathname === '/token' && request.method === 'POST') {
      await faults.around(response, () => answer(request, response));
    } else {
      await answer(request, response);
    }
  } catch (error) {
    console.error(error);
    if (!response.headersSent) {
      json(response, 500, { error: String(error) });
    }
  }
});

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

console.log(issuer);
