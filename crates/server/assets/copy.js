// Puts a button behind everything that is there to be copied. Without this script it can be
// selected with one click.
const words = document.body.dataset;

async function copy(element) {
  const text = element.textContent.trim();
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain HTTP has no clipboard.
  getSelection().selectAllChildren(element);
  document.execCommand("copy");
}

for (const element of document.querySelectorAll(".copy")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small copies";
  const name = element.closest("dd")?.previousElementSibling?.textContent ?? element.getAttribute("aria-label");
  button.textContent = words.copy;
  if (name) button.setAttribute("aria-label", `${words.copy}: ${name}`);
  button.addEventListener("click", async () => {
    await copy(element);
    button.textContent = words.copied;
    setTimeout(() => (button.textContent = words.copy), 2000);
  });
  element.after(" ", button);
}
