// Shows the token that came in the fragment of the address, and takes it out of the address, so
// that it stays in no history (oauth.md, VC-01).
const fragment = new URLSearchParams(location.hash.slice(1));
const token = fragment.get("access_token");
if (token) {
  document.getElementById("token").textContent = token;
  const seconds = Number(fragment.get("expires_in"));
  if (seconds > 0) {
    const end = new Date(Date.now() + seconds * 1000);
    document.getElementById("token-end").textContent =
      end.toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  }
  document.getElementById("with-token").hidden = false;
  document.getElementById("without-token").hidden = true;
  history.replaceState(null, "", location.pathname);
}
const error = fragment.get("error");
if (error && /^[a-z_]+$/.test(error)) {
  document.getElementById("error").hidden = false;
  document.getElementById("error-code").textContent = error;
  document.getElementById("without-token").hidden = true;
  history.replaceState(null, "", location.pathname);
}
