// The pages on which a person signs in and agrees.

import { text } from 'node:stream/consumers';

export async function interaction(provider, settings, request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    page(response, 200, prompt.name === 'consent' ? consent(params) : login());
    return;
  }
  const form = new URLSearchParams(await text(request));
  const finish = (result) => provider.interactionFinished(request, response, result, {
    mergeWithLastSubmission: true,
  });
  if (form.get('answer') === 'deny') {
    await finish({ error: 'access_denied', error_description: 'the person said no' });
  } else if (prompt.name === 'consent') {
    await finish({ consent: { grantId: await agree(provider, { prompt, params, session, grantId }) } });
  } else if (form.get('password') === settings.password && form.get('account')) {
    await finish({ login: { accountId: form.get('account') }, select_account: {} });
  } else {
    page(response, 403, login('This password is wrong.'));
  }
}

async function agree(provider, { prompt, params, session, grantId }) {
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  const { missingOIDCScope, missingOIDCClaims } = prompt.details;
  if (missingOIDCScope) {
    grant.addOIDCScope(missingOIDCScope.join(' '));
  }
  if (missingOIDCClaims) {
    grant.addOIDCClaims(missingOIDCClaims);
  }
  return grant.save();
}

function login(error) {
  return `<title>Sign in</title><h1>Sign in</h1>
${error ? `<p role="alert">${error}</p>` : ''}
<form method="post">
<p><label>Account <input name="account" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button name="answer" value="sign-in">Sign in</button></p>
</form>
${deny()}`;
}

function consent(params) {
  const scopes = (params.scope ?? '').split(' ').filter(Boolean);
  return `<title>Allow access</title><h1>Allow access</h1>
<p>${escape(params.client_id)} asks for:</p>
<ul>${scopes.map((scope) => `<li>${escape(scope)}</li>`).join('')}</ul>
<form method="post"><p><button name="answer" value="allow">Allow</button></p></form>
${deny()}`;
}

function deny() {
  return '<form method="post"><p><button name="answer" value="deny">Deny</button></p></form>';
}

function page(response, status, body) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">${body}</html>`);
}

function escape(value) {
  return value.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
