import { InvalidArgumentError } from 'commander';
import { parseTime, TIME_FORMS } from '../../api/time';
import { ConfigError } from '../../errors';
import type { Io } from '../io';

/** An option's value that is a point in time. */
export function toDate({ clock }: Pick<Io, 'clock'>): (text: string) => Date {
  return (text) => {
    const timeMs = parseTime(text, clock());
    if (timeMs === undefined) throw new InvalidArgumentError(`Allowed: ${TIME_FORMS}.`);
    return new Date(timeMs);
  };
}

/** An option's value that is the id of an account. */
export function toAccount(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('An account has 12 digits.');
  return text;
}

/** @throws ConfigError where nothing can be between the two. */
export function checkRange({ from, to }: { readonly from?: Date; readonly to?: Date }): void {
  if (from === undefined || to === undefined || from < to) return;
  const times = `--from ${from.toISOString()}, --to ${to.toISOString()}`;
  throw new ConfigError('config.from', `${times}: the start must be before the end`);
}
