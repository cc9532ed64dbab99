const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const LABELS: Readonly<Record<Theme, string>> = {
  auto: '◐ Auto',
  light: '☀ Light',
  dark: '☾ Dark',
};

/** Switches between the system's theme, light and dark, and remembers the choice. */
export function startThemeButton(button: HTMLElement): void {
  function show(theme: Theme): void {
    button.textContent = LABELS[theme];
    button.setAttribute('aria-label', `Theme: ${theme}`);
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    dispatchEvent(new Event('themechange'));
  }

  show(current());
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length] ?? 'auto';
    localStorage.setItem('theme', next);
    show(next);
  });
}

function current(): Theme {
  const stored = localStorage.getItem('theme');
  return THEMES.find((theme) => theme === stored) ?? 'auto';
}
