// Makes and uses passkeys (WebAuthn). A form with data-deed says what is wanted; what the browser
// and the authenticator answer goes into its fields, and it is sent as any other form.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const keys = (ids) => ids.split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: bytes(id) }));

const creation = (data) => ({
  challenge: bytes(data.challenge),
  rp: { id: data.host, name: "Trackway" },
  user: { id: bytes(data.user), name: data.login, displayName: data.name },
  pubKeyCredParams: data.algorithms.split(" ").map((alg) => ({ type: "public-key", alg: Number(alg) })),
  excludeCredentials: keys(data.ids),
  authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
});
const request = (data) => ({
  challenge: bytes(data.challenge),
  rpId: data.host,
  allowCredentials: keys(data.ids),
  userVerification: data.verify,
});

function send(form, credential) {
  const { response } = credential;
  const fields = form.elements;
  fields.passkey.value = text(credential.rawId);
  fields.client.value = text(response.clientDataJSON);
  if (form.dataset.deed === "create") {
    fields.authenticator.value = text(response.getAuthenticatorData());
    fields.key.value = text(response.getPublicKey());
    fields.algorithm.value = response.getPublicKeyAlgorithm();
  } else {
    fields.authenticator.value = text(response.authenticatorData);
    fields.signature.value = text(response.signature);
  }
  const remember = document.getElementById("remember");
  if (fields.remember && remember) fields.remember.disabled = !remember.checked;
  form.submit();
}

const creates = (form) => form.dataset.deed === "create";
let waiting = new AbortController();

async function start(form, mediation) {
  waiting.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const credential = creates(form)
    ? await navigator.credentials.create({ publicKey: creation(form.dataset), signal })
    : await navigator.credentials.get({ publicKey: request(form.dataset), signal, mediation });
  send(form, credential);
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-deed]") : []) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = form.querySelector("[role=alert]");
    failed.hidden = true;
    try {
      await start(form);
    } catch {
      failed.hidden = false;
    }
  });
}

// Passkeys among the proposals of the login field, where browsers can do that.
const offered = document.querySelector("form[data-offer]");
if (offered && (await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) {
  start(offered, "conditional").catch(() => {});
}
