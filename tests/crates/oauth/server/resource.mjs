// A resource that a token opens: `GET /api/...` answers who the token speaks for.

const late = { ignoreExpiration: true };

export async function resource(provider, settings, pathname, request, response) {
  const token = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const found = token
    && ((await provider.AccessToken.find(token, late)) ?? (await provider.ClientCredentials.find(token, late)));
  if (!found || found.exp + settings.leewaySeconds <= Date.now() / 1000) {
    const challenge = token ? 'Bearer error="invalid_token"' : 'Bearer';
    answer(response, 401, { error: 'invalid_token' }, { 'www-authenticate': challenge });
    return;
  }
  const scopes = (found.scope ?? '').split(' ').filter(Boolean);
  const needed = settings.resources[pathname];
  if (needed && !scopes.includes(needed)) {
    answer(response, 403, { error: 'insufficient_scope', scope: needed });
    return;
  }
  const account = found.accountId ?? null;
  answer(response, 200, { path: pathname, account, client: found.clientId, scopes });
}

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
