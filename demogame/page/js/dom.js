/** Elements without HTML strings: what players and agents write is always text. */
export const byId = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

let hiding = 0;

/** A short line in the middle of the screen, as games do. */
export function say(text) {
  const line = byId("say");
  clearTimeout(hiding);
  line.textContent = text;
  line.hidden = false;
  hiding = setTimeout(() => (line.hidden = true), 2600);
}
