/** Classes from the bottom of a stacked bar to its top. */
export const CLASSES = ['DML', 'DDL', 'UTILITY', 'DCL', 'API', 'UNKNOWN'] as const;

/** What a colour of the style sheet is at this moment, in the theme that is on. */
export function resolveColour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Calls back whenever the theme changes, by the button or by the system. */
export function onThemeChange(listener: () => void): void {
  addEventListener('themechange', listener);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener);
}
