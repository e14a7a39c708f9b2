// A person with a browser, as far as it takes one: cookies, redirects, and forms that are filled in and sent.

const STEPS_MAX = 20;

/// Confirms a device code as a person of that name; with `deny` says no.
export async function confirm(page, person, { deny = false } = {}) {
  const browser = new Browser();
  let { url, text } = await browser.open(page);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const form = formOf(text, url);
    if (!form) return text;
    if (form.fields.has('login') || text.includes('name="login"')) {
      form.fields.set('login', person);
      form.fields.set('password', 'any');
    }
    if (deny && form.fields.has('confirm')) {
      form.fields.delete('confirm');
      form.fields.set('abort', 'yes');
      return (await browser.open(form.action, form.fields)).text;
    }
    ({ url, text } = await browser.open(form.action, form.fields));
  }
  throw new Error(`still a form after ${STEPS_MAX} steps, at ${url}`);
}

class Browser {
  #cookies = [];

  async open(url, fields) {
    let method = fields ? 'POST' : 'GET';
    let body = fields;
    for (let step = 0; step < STEPS_MAX; step += 1) {
      const answer = await fetch(url, {
        method,
        body,
        redirect: 'manual',
        headers: { cookie: this.#sent(new URL(url).pathname) },
      });
      this.#keep(answer);
      if (answer.status < 300 || answer.status >= 400) return { url, text: await answer.text() };
      url = new URL(answer.headers.get('location'), url).href;
      [method, body] = ['GET', undefined];
    }
    throw new Error(`too many redirects, the last to ${url}`);
  }

  #sent(path) {
    const fitting = this.#cookies.filter((cookie) => path.startsWith(cookie.path));
    return fitting.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  #keep(answer) {
    for (const line of answer.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim());
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const path = attributes.find((it) => it.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
      this.#cookies = this.#cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
      if (value) this.#cookies.push({ name, value, path });
    }
  }
}

function formOf(text, url) {
  const form = text.match(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/);
  if (!form) return undefined;
  const fields = new URLSearchParams();
  for (const [input] of form[2].matchAll(/<input[^>]*>/g)) {
    const attribute = (name) => input.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1];
    if (attribute('name') && attribute('value') !== undefined) fields.set(attribute('name'), attribute('value'));
  }
  return { action: new URL(form[1], url).href, fields };
}
