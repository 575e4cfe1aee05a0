// A person with a browser that does without scripts: opens the page, goes on, signs in, answers.

import assert from "node:assert/strict";

const PASSWORD = "open sesame";

export class Person {
  #cookies = new Map();

  constructor(account) {
    this.account = account;
  }

  /** Asks for a page, with the cookies of its origin; redirects are not followed. */
  async #ask(url, form) {
    const jar = this.#cookies.get(url.origin) ?? new Map();
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const body = form && new URLSearchParams(form);
    const answer = await fetch(url, { method: body ? "POST" : "GET", body, headers: { cookie }, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      jar.set(name, value);
    }
    this.#cookies.set(url.origin, jar);
    const location = answer.headers.get("location");
    return { status: answer.status, text: await answer.text(), to: location && new URL(location, url) };
  }

  /** Opens a page of the gateway; returns its text and what its forms hide. */
  async open(url) {
    const page = await this.#ask(new URL(url));
    assert.equal(page.status, 200, page.text);
    return { ...page, csrf: /name="csrf" value="([^"]+)"/.exec(page.text)[1] };
  }

  /** Sends the form of a page. */
  async send(url, fields) {
    const { csrf } = await this.open(url);
    return this.#ask(new URL(url), { csrf, ...fields });
  }

  /** Says no on the page of the gateway. */
  async cancel(url) {
    const { csrf } = await this.open(url);
    return this.#ask(new URL(`${url}/cancel`), { csrf });
  }

  /** Goes from the page of the gateway to the provider, says `allow` or `deny`, and returns where that ends. */
  async answer(url, answer) {
    const going = await this.send(url, {});
    const [, refresh] = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(going.text);
    let at = new URL(refresh.replaceAll("&amp;", "&").replaceAll("&#38;", "&"));
    const { origin } = new URL(url);
    let page = await this.#ask(at);
    for (let step = 0; step < 20; step += 1) {
      if (page.to) {
        if (![origin, at.origin].includes(page.to.origin)) return { ...page, at };
        at = page.to;
        page = await this.#ask(at);
      } else if (page.text.includes("<title>Sign in")) {
        page = await this.#ask(at, { account: this.account, password: PASSWORD });
      } else if (page.text.includes("<title>Allow access")) {
        page = await this.#ask(at, { answer });
      } else {
        return { ...page, at };
      }
    }
    assert.fail(`the way from ${url} does not end`);
  }
}
