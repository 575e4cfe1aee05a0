// What happened, as counts that a test can compare.

export class Record {
  #token = {};
  #revokedGrants = new Set();
  #issued = { access_tokens: 0, refresh_tokens: 0, client_credentials: 0 };
  #revocations = 0;
  #values = [];

  constructor(provider) {
    provider.on('grant.success', (ctx) => this.#count(ctx, 'success'));
    provider.on('grant.error', (ctx, error) => this.#count(ctx, error.error ?? String(error)));
    // A client that can't authenticate fails before its grant is looked at.
    provider.on('server_error', (_, error) => console.error(error));
    provider.on('grant.revoked', (_, grant) => this.#revokedGrants.add(grant));
    provider.on('access_token.saved', () => { this.#issued.access_tokens += 1; });
    provider.on('client_credentials.saved', () => { this.#issued.client_credentials += 1; });
    provider.on('refresh_token.saved', () => { this.#issued.refresh_tokens += 1; });
    for (const kind of ['access_token', 'client_credentials', 'refresh_token', 'authorization_code']) {
      // The id of an opaque token is the token.
      provider.on(`${kind}.saved`, ({ jti }) => { this.#values.push(jti); });
    }
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.path === '/token/revocation' && ctx.status === 200) {
        this.#revocations += 1;
      }
    });
  }

  #count(ctx, outcome) {
    const grant = ctx.oidc.params?.grant_type ?? 'none';
    const counts = (this.#token[grant] ??= {});
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }

  // Every token and code that was issued.
  values() {
    return this.#values;
  }

  summary() {
    return {
      token_requests: this.#token,
      revoked_grants: this.#revokedGrants.size,
      revocations: this.#revocations,
      issued: this.#issued,
    };
  }
}
