/**
 * Thrown by a command that has done its work and told the user that the result is a bad one: the
 * exit code is 1, and nothing more is printed.
 */
export class Unsuccessful extends Error {}
