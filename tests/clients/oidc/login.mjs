// Logs in with a real identity provider by device code, through the program itself, and has its tokens checked.
//
//   node login.mjs LIGHTCONE VERIFY

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { confirm } from './browser.mjs';
import { BRIEF, CLIENT, House, OTHER, SERVICE } from './provider.mjs';

const [lightcone, verify] = process.argv.slice(2);
const config = mkdtempSync(join(tmpdir(), 'lightcone-oidc-'));
const tokenFile = join(config, 'lightcone', 'token');
const env = { ...process.env, XDG_CONFIG_HOME: config };

/// Runs the program; tells its lines as they come.
function run(args, onLine = () => {}) {
  const child = spawn(lightcone, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    onLine(line);
  });
  return new Promise((done) => child.on('close', (code) => done({ code, text: lines.join('\n') })));
}

/// Logs in as a person who confirms, or denies, in a browser.
async function login(house, { resource, person = 'ann', deny = false, scope = 'openid' }) {
  let browsing = Promise.resolve();
  const args = ['login', '--issuer', house.issuer, '--client-id', CLIENT, '--resource', resource, '--scope', scope];
  const done = await run(args, (line) => {
    const page = line.match(/or open (\S+)/);
    if (page) browsing = confirm(page[1], person, { deny });
  });
  await browsing;
  return done;
}

const kept = () => JSON.parse(readFileSync(tokenFile, 'utf8'));

/// The verifier of a server, with tokens handed in one a line.
class Verifier {
  #child;
  #answers;

  constructor(house) {
    this.#child = spawn(verify, [house.issuer, SERVICE], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async check(token) {
    this.#child.stdin.write(`${token}\n`);
    return (await this.#answers.next()).value;
  }

  close() {
    this.#child.stdin.end();
  }
}

const house = await House.open();
const verifier = new Verifier(house);
try {
  let done = await login(house, { resource: SERVICE, scope: 'openid offline_access' });
  assert.equal(done.code, 0, done.text);
  assert.equal(statSync(tokenFile).mode & 0o777, 0o600);
  const first = kept();
  assert.ok(!done.text.includes(first.access_token), 'the token was shown');
  assert.equal(await verifier.check(first.access_token), `ann of ${house.issuer}, groups ["analysts"]`);
  console.log('login by device code, token checked');

  done = await login(house, { resource: OTHER });
  assert.equal(done.code, 0, done.text);
  assert.equal(await verifier.check(kept().access_token), 'token_audience');
  console.log('a token for another service is refused');

  done = await login(house, { resource: BRIEF });
  assert.equal(done.code, 0, done.text);
  const brief = kept();
  assert.equal(await verifier.check(brief.access_token), `ann of ${house.issuer}, groups ["analysts"]`);
  await new Promise((wait) => setTimeout(wait, 4_000));
  assert.equal(await verifier.check(brief.access_token), 'token_expired');
  console.log('a token is refused once it has expired, although it was checked before');

  // A call of any kind renews the token first, since it has no life left; that no server is there is all the same.
  done = await run(['list', 'sites', '--server', 'http://127.0.0.1:9']);
  assert.equal(done.code, 5, done.text);
  const renewed = kept();
  assert.notEqual(renewed.access_token, brief.access_token);
  assert.notEqual(renewed.refresh_token, brief.refresh_token);
  assert.equal(await verifier.check(renewed.access_token), `ann of ${house.issuer}, groups ["analysts"]`);
  console.log('a call renews the token first');

  house.turn({ keep: true });
  done = await login(house, { resource: SERVICE, person: 'bob' });
  assert.equal(done.code, 0, done.text);
  assert.equal(await verifier.check(kept().access_token), `bob of ${house.issuer}, groups ["analysts"]`);
  assert.equal(await verifier.check(first.access_token), `ann of ${house.issuer}, groups ["analysts"]`);
  console.log('a new key is found when a token names it; tokens of the old one hold');

  house.turn({ keep: false });
  const asked = house.discoveries;
  await new Promise((wait) => setTimeout(wait, 3_000));
  assert.ok(house.discoveries > asked, 'the keys were not fetched again');
  assert.equal(await verifier.check(first.access_token), 'token_signature');
  console.log('tokens of keys that are gone are refused');

  done = await login(house, { resource: SERVICE, deny: true });
  assert.equal(done.code, 5, done.text);
  assert.match(done.text, /refused in the browser/);
  console.log('who says no in the browser is not logged in');

  const { access_token: token, refresh_token: refresh } = kept();
  done = await run(['logout']);
  assert.equal(done.code, 0, done.text);
  assert.ok(!existsSync(tokenFile));
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh, client_id: CLIENT });
  const answer = await fetch(`${house.issuer}/token`, { method: 'POST', body: form });
  assert.equal((await answer.json()).error, 'invalid_grant');
  console.log('logout removes the token, and the provider renews it no more');

  const loose = join(config, 'loose');
  writeFileSync(loose, token, { mode: 0o644 });
  done = await run(['list', 'sites', '--server', 'http://127.0.0.1:9', '--token-file', loose]);
  assert.equal(done.code, 3, done.text);
  assert.match(done.text, /chmod 600/);
  console.log('a token that others can read is not sent');
} finally {
  verifier.close();
  house.close();
  rmSync(config, { recursive: true, force: true });
}
