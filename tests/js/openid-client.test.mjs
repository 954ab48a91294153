// openid-client, with nothing but the address of the server (RFC 8414).

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import * as client from 'openid-client'

import { Person, baseUrl, myself, native, web } from './person.mjs'

const SCOPE = 'tracker:read tracker:write'
let person

before(async () => {
  person = await Person.signIn()
})

const discover = (app, method) => {
  const auth = method ?? (app.secret ? client.ClientSecretBasic(app.secret) : client.None())
  return client.discovery(new URL(baseUrl), app.id, undefined, auth, { algorithm: 'oauth2' })
}

async function ask(config, app) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const expectedState = client.randomState()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: app.redirectUri,
    scope: SCOPE,
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  return { url, checks: { pkceCodeVerifier, expectedState } }
}

async function signIn(config, app) {
  const { url, checks } = await ask(config, app)
  return client.authorizationCodeGrant(config, await person.decide(url), checks)
}

for (const app of [...web, native]) {
  test(`${app.kind}: code, refresh, revocation`, async () => {
    const config = await discover(app)
    const tokens = await signIn(config, app)
    assert.equal(tokens.scope, SCOPE)
    assert.equal(await myself(tokens.access_token), 200)
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token)
    assert.notEqual(renewed.refresh_token, tokens.refresh_token)
    assert.equal(await myself(renewed.access_token), 200)
    await client.tokenRevocation(config, renewed.refresh_token)
    assert.equal(await myself(renewed.access_token), 401)
    // Replay (TK-13).
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), {
      error: 'invalid_grant',
    })
  })

  test(`${app.kind}: a refusal is told`, async () => {
    const config = await discover(app)
    const { url, checks } = await ask(config, app)
    const back = await person.decide(url, 'deny')
    await assert.rejects(client.authorizationCodeGrant(config, back, checks), {
      error: 'access_denied',
    })
  })

  // S-9207-01; T-10: the client notices an answer of another server.
  test(`${app.kind}: an answer of another issuer is refused by the client`, async () => {
    const config = await discover(app)
    const { url, checks } = await ask(config, app)
    const back = await person.decide(url)
    assert.equal(back.searchParams.get('iss'), baseUrl)
    back.searchParams.set('iss', 'https://evil.example')
    await assert.rejects(client.authorizationCodeGrant(config, back, checks), (error) => {
      return /iss/.test(error.cause?.message)
    })
  })
}

for (const app of web) {
  test(`${app.kind}: introspection`, async () => {
    const config = await discover(app, client.ClientSecretPost(app.secret))
    const { access_token: token } = await signIn(config, app)
    const told = await client.tokenIntrospection(config, token)
    assert.equal(told.active, true)
    assert.equal(told.client_id, app.id)
    await client.tokenRevocation(config, token)
    assert.deepEqual(await client.tokenIntrospection(config, token), { active: false })
  })
}

test('a device', async () => {
  const config = await discover(native)
  const begun = await client.initiateDeviceAuthorization(config, { scope: 'tracker:read' })
  assert.ok(begun.verification_uri_complete.includes(begun.user_code))
  await person.typeCode(begun.verification_uri, begun.user_code)
  const tokens = await client.pollDeviceAuthorizationGrant(config, begun)
  assert.equal(tokens.scope, 'tracker:read')
  assert.equal(await myself(tokens.access_token), 200)
})
