// The server under test, applications registered with it, and the person who uses them. The Rust
// test oauth_clients.rs sets the environment.

import assert from 'node:assert/strict'

const env = (name) => process.env[`TRACKWAY_${name}`] ?? ''

export const baseUrl = env('BASE_URL').replace(/\/$/, '')

const application = (kind, redirectUri) => ({
  kind,
  id: env(`${kind}_ID`),
  secret: env(`${kind}_SECRET`) || undefined,
  redirectUri,
})

export const web = ['STRICT', 'COMPATIBLE'].map((kind) =>
  application(kind, 'https://app.example.net/cb'),
)
export const native = application('PUBLIC', 'http://127.0.0.1:49152/cb')

const field = (page, name) => {
  const found = page.match(new RegExp(`name="${name}" value="([^"]*)"`))
  assert.ok(found, `no field ${name} in:\n${page}`)
  return found[1]
}

/** Somebody with a browser. */
export class Person {
  #cookies = new Map()

  static async signIn() {
    const person = new Person()
    const page = await person.#get(`${baseUrl}/login`)
    const form = { csrf: field(page, 'csrf'), login: env('LOGIN'), password: env('PASSWORD') }
    await person.#post('/login', form, 303)
    return person
  }

  async #fetch(url, options = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { cookie, origin: baseUrl }
    const answer = await fetch(url, { redirect: 'manual', headers, ...options })
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split(/=(.*)/s)
      if (value) this.#cookies.set(name, value)
      else this.#cookies.delete(name)
    }
    return answer
  }

  async #get(url) {
    const answer = await this.#fetch(url)
    const page = await answer.text()
    assert.equal(answer.status, 200, page)
    return page
  }

  async #post(path, form, status) {
    const options = { method: 'POST', body: new URLSearchParams(form) }
    const answer = await this.#fetch(baseUrl + path, options)
    const page = await answer.text()
    assert.equal(answer.status, status, page)
    return { page, location: answer.headers.get('location') }
  }

  /** Answers the question of an application; where the browser is sent then. */
  async decide(url, decision = 'allow') {
    // Asked also where the decision is remembered.
    const page = await this.#get(`${url}&force_confirm=yes`)
    const form = { csrf: field(page, 'csrf'), id: field(page, 'id'), decision }
    const { location } = await this.#post('/authorize/decision', form, 303)
    return new URL(location)
  }

  /** Types the code that a device shows. */
  async typeCode(uri, userCode) {
    const csrf = field(await this.#get(uri), 'csrf')
    const { page } = await this.#post('/device', { csrf, user_code: userCode }, 200)
    const form = { csrf: field(page, 'csrf'), id: field(page, 'id'), decision: 'allow' }
    await this.#post('/device/decision', form, 200)
  }
}

/** The status of a call of the API with a token. */
export async function myself(token) {
  const headers = { authorization: `Bearer ${token}`, 'x-org-id': env('ORG_ID') }
  return (await fetch(`${baseUrl}/v3/myself`, { headers })).status
}
