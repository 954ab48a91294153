// simple-oauth2, which is told the addresses by hand.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { before, test } from 'node:test'

import { AuthorizationCode } from 'simple-oauth2'

import { Person, baseUrl, myself, web } from './person.mjs'

const auth = {
  tokenHost: baseUrl,
  tokenPath: '/token',
  authorizePath: '/authorize',
  revokePath: '/revoke_token',
}
let person

before(async () => {
  person = await Person.signIn()
})

for (const app of web) {
  for (const authorizationMethod of ['header', 'body']) {
    test(`${app.kind}, credentials in the ${authorizationMethod}`, async () => {
      const client = new AuthorizationCode({
        client: { id: app.id, secret: app.secret },
        auth,
        options: { authorizationMethod },
      })
      const verifier = randomBytes(32).toString('base64url')
      const url = client.authorizeURL({
        redirect_uri: app.redirectUri,
        scope: ['tracker:read', 'tracker:write'],
        state: 'a state & more',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      })
      const back = await person.decide(url)
      assert.equal(back.searchParams.get('state'), 'a state & more')
      const code = back.searchParams.get('code')
      const asked = { code, redirect_uri: app.redirectUri, code_verifier: verifier }
      let token = await client.getToken(asked)
      assert.equal(await myself(token.token.access_token), 200)
      assert.equal(token.expired(), false)
      token = await token.refresh()
      assert.equal(await myself(token.token.access_token), 200)
      await token.revokeAll()
      assert.equal(await myself(token.token.access_token), 401)
      await assert.rejects(client.getToken(asked), { message: /400/ })
    })
  }
}
