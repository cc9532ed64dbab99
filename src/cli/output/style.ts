import { styleText } from 'node:util';
import type { Io, Output } from '../io';

export type Format = Parameters<typeof styleText>[0];
export type Style = (format: Format, text: string) => string;

/**
 * Colours on a terminal only.
 * @see https://no-color.org
 */
export function createStyle(output: Output, env: Io['env']): Style {
  const colours = output.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
  if (!colours) return (_, text) => text;
  return (format, text) => styleText(format, text, { validateStream: false });
}
