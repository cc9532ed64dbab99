/** A copy without the members that are undefined: in an event, what is unknown is absent. */
export function defined<T extends object>(members: T): T {
  const copy = { ...members };
  for (const name in copy) {
    if (copy[name] === undefined) delete copy[name];
  }
  return copy;
}
