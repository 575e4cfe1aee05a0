// Compares planned requests with what `postman-collection` resolves the requests of a collection to.
//
// Each line of the input is {"document": PATH, "requests": [{"method", "path", "planned": {"method", "url",
// "headers", "body"}}]}, where "path" is the path of the imported operation. What a collection gives no value
// has the value "v". Each line of the output is {"problems": [null | TEXT]}.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import sdk from 'postman-collection';

const marks = (text) => [...String(text ?? '').matchAll(/\{\{([^{}]*)\}\}/g)].map((found) => found[1]);
const isSecret = (name) => {
  const plain = String(name).toLowerCase().replace(/[^a-z0-9]/g, '');
  const harmless = ['continuation', 'csrf', 'cursor', 'next', 'page', 'sync'];
  return (plain.endsWith('token') && !harmless.some((word) => plain.includes(word)))
    || /apikey$|accesskey$|secret|password/.test(plain);
};

function templateOf(url) {
  const path = url.path ?? [];
  const segment = (part) => part.replace(/^:([\w-]+)/, '{$1}').replaceAll('{{', '{').replaceAll('}}', '}');
  return `/${path.map((part) => segment(String(part))).join('/').replace(/^\/+/, '')}`;
}

// Resolves the request of an item with "v" for what has no value.
function resolved(item, known) {
  const json = item.request.toJSON();
  const body = structuredClone(json.body);
  const url = json.url;
  const values = { ...known };
  const own = [...marks(JSON.stringify(url.host)), ...marks(url.protocol), ...marks(url.port)];
  const knowsHost = own.every((name) => name in known);
  for (const name of marks(JSON.stringify(json))) if (!(name in values)) values[name] = 'v';
  for (const name of marks(JSON.stringify(url.path))) if (!own.includes(name)) values[name] = 'v';
  for (const list of [url.query, url.variable, json.header]) {
    for (const entry of list ?? []) {
      entry.disabled = false;
      if (marks(entry.value).length > 0 || [undefined, null, ''].includes(entry.value)) entry.value = 'v';
    }
  }
  const scope = Object.entries(values).map(([key, value]) => ({ key, value }));
  const list = new sdk.VariableList(null, scope);
  const request = new sdk.Request(sdk.Property.replaceSubstitutionsIn(json, [list]));
  return { request, knowsHost, body };
}

function pairs(search) {
  const found = [...new URLSearchParams(search)].filter(([name]) => !isSecret(name));
  return found.map(([name, value]) => `${name}=${value}`).sort();
}

function bodyOf(body) {
  if (!body) return undefined;
  return 'json' in body ? body.json : (body.text ?? Buffer.from(body.base64 ?? '', 'base64').toString());
}

function compareBody(shown, planned, headers) {
  const sent = bodyOf(planned.body);
  const given = (list) => (list ?? []).filter((entry) => entry.value && marks(entry.value).length === 0
    && entry.type !== 'file' && !isSecret(entry.key));
  if (shown?.mode === 'urlencoded') {
    const wanted = given(shown.urlencoded).map(({ key, value }) => `${key}=${value}`).sort();
    const own = pairs(sent ?? '').filter((pair) => !pair.endsWith('=v'));
    return isDeepStrictEqual(own, wanted) ? null : `form: ${own} is not ${wanted}`;
  }
  if (shown?.mode === 'formdata') {
    const missing = given(shown.formdata).filter(({ key, value }) =>
      !String(sent).includes(`name="${key}"\r\n\r\n${value}\r\n`));
    return missing.length === 0 ? null : `parts: ${JSON.stringify(missing)} are not in ${sent}`;
  }
  if (shown?.mode !== 'raw' || !shown.raw?.trim() || marks(shown.raw).length > 0) return null;
  let wanted;
  try {
    wanted = JSON.parse(shown.raw);
  } catch {
    return null;
  }
  if (JSON.stringify(wanted).match(/token|secret|password/i) || typeof wanted !== 'object') return null;
  const own = typeof sent === 'string' && headers['content-type']?.includes('json') ? JSON.parse(sent) : sent;
  return isDeepStrictEqual(own, wanted) ? null : `body: ${JSON.stringify(own)} is not ${shown.raw}`;
}

function compare({ planned }, { request, knowsHost, body }) {
  if (planned.method !== request.method.toUpperCase()) return `method: ${planned.method}`;
  const ours = new URL(planned.url);
  const text = request.url.toString();
  const theirs = new URL(text.includes('://') ? text : `https://${text}`);
  if (knowsHost && ours.host !== theirs.host) return `host: ${ours.host} is not ${theirs.host}`;
  const path = (url) => url.pathname.split('/').map(decodeURIComponent).join('/');
  if (knowsHost ? path(ours) !== path(theirs) : !path(theirs).endsWith(path(ours))) {
    return `path: ${path(ours)} is not ${path(theirs)}`;
  }
  const [own, wanted] = [pairs(ours.search), pairs(theirs.search)];
  if (!isDeepStrictEqual(own, wanted)) return `query: ${own} is not ${wanted}`;
  const headers = Object.fromEntries(planned.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const clients = /^(accept|accept-encoding|authorization|cache-control|connection|content-length|content-type|cookie|host|postman-token|user-agent)$/;
  for (const { key, value } of request.headers.all()) {
    const name = key.toLowerCase();
    if (clients.test(name) || isSecret(name)) continue;
    if (headers[name] !== value) return `header ${key}: ${headers[name]} is not ${value}`;
  }
  return compareBody(body, planned, headers);
}

function judge({ document, requests }) {
  const json = JSON.parse(readFileSync(document, 'utf8'));
  const collection = new sdk.Collection(json.collection ?? json);
  const known = {};
  collection.variables.each(({ key, id, value }) => {
    if (value !== undefined && value !== '' && !isSecret(key ?? id)) known[key ?? id] = String(value);
  });
  const items = [];
  collection.forEachItem((item) => items.push(item));
  const problems = requests.map((request) => {
    const [path] = request.path.split('#');
    const same = items.filter((item) => item.request.method.toUpperCase() === request.method
      && templateOf(item.request.url) === path);
    if (same.length === 0) return `no request ${request.method} ${path}`;
    const found = same.map((item) => {
      try {
        return compare(request, resolved(item, known));
      } catch (error) {
        return String(error);
      }
    });
    return found.includes(null) ? null : found[0];
  });
  return { problems };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(judge(JSON.parse(line))));
}
