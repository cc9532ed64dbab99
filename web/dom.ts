type Child = Node | string | number | undefined | false;
type Handler = (event: Event) => void;
type Attributes = Readonly<Record<string, string | number | boolean | undefined | Handler>>;

/**
 * Makes an element. Text only ever becomes text: nothing in this page turns a string into markup,
 * since statements, names and user agents are other people's words.
 *
 * @param attributes - functions become listeners; `true` an empty attribute; `false` and
 *   `undefined` none.
 */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.replace(/^on/, ''), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== undefined && value !== false) element.setAttribute(key, String(value));
  }
  for (const child of children) {
    if (child !== undefined && child !== false) {
      element.append(typeof child === 'number' ? String(child) : child);
    }
  }
  return element;
}

/** The element of the page with this id, which `index.html` has. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}
