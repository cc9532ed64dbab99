declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB as an HTTP server, not listening yet. */
  export default function dynalite(options?: {
    /** Folder of the data; absent: in memory. */
    readonly path?: string;
    /** Time that tables stay in CREATING and DELETING. */
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
  }): Server;
}
