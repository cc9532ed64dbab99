import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Api } from '../api/api';
import { createSignedFetch } from '../api/signed-fetch';
import { ConfigError } from '../errors';
import { type PublicKeys, readPublicKeys } from '../integrity/public-keys';
import type { AthenaHistory } from '../recovery/athena-history';
import { openRecordedHistory } from '../recovery/recorded-history';
import { createDynamoEventStore } from '../store/dynamo-event-store';
import { type DataDirectory, openDataDirectory, readLatestRun } from './data-directory';
import { isStoreInUse, startEmbeddedStore } from './embedded-store';
import { startHttpServer } from './http-server';
import { startLocal } from './local-querytrail';
import { loadPages, type Page } from './pages';
import { createProgress } from './progress';
import { createRemoteApi } from './remote-api';
import { SAMPLE_HISTORY, SAMPLE_PUBLIC_KEYS, writeSampleTrail } from './sample-trail/sample-trail';
import { openTrailFolder, type TrailFolder } from './trail-folder';

export interface ServeContext {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

const optionsSchema = z.object({
  port: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .refine((port) => port < 65_536)
    .catch((context) => refuse('--port', context.value, 'a number from 0 to 65535')),
  data: pathOf('--data'),
  trail: pathOf('--trail').optional(),
  reset: z.boolean().default(false),
  api: z.string().optional(),
  profile: z.string().optional(),
  apiRegion: z.string().optional(),
  athenaHistory: pathOf('--athena-history').optional(),
  publicKeys: pathOf('--public-keys').optional(),
});

type ServeOptions = z.output<typeof optionsSchema>;

/** This process alone writes its store, a few seconds at a time: an hour is soon at rest. */
const TOTALS_TIMING = { noteMs: 15_000, settleMs: 60_000 };

/** A sample shows the seven days before it was made; so do the dashboard and the commands. */
const SAMPLE_FRESH_MS = 86_400_000;

interface Running {
  close(): Promise<void>;
}

/**
 * Runs until it is interrupted.
 * @throws ConfigError for a wrong option; Error where the port is taken.
 */
export async function serve(rawOptions: unknown, context: ServeContext): Promise<void> {
  const options = optionsSchema.parse(rawOptions);
  const pages = await loadPages(findPages());
  const running = options.api
    ? await serveRemote(options.api, options, pages, context)
    : await serveTrail(options, pages, context);
  await interrupted();
  context.stderr.write('closing\n');
  await running.close();
}

async function serveRemote(
  apiUrl: string,
  { port, profile, apiRegion: region }: ServeOptions,
  pages: ReadonlyMap<string, Page>,
  { env, stdout }: ServeContext,
): Promise<Running> {
  const api = createRemoteApi(createSignedFetch({ apiUrl, env, profile, region }));
  const server = await startHttpServer({ api, pages, port });
  stdout.write(`Querytrail of ${apiUrl}: ${server.url}\n`);
  return server;
}

/** Listens first: a taken port is known before anything is read or written. */
async function serveTrail(
  options: ServeOptions,
  pages: ReadonlyMap<string, Page>,
  context: ServeContext,
): Promise<Running> {
  const given = options.trail === undefined ? undefined : await openTrailFolder(options.trail);
  const ready = Promise.withResolvers<Api>();
  const server = await startHttpServer({
    api: async (event) => (await ready.promise)(event),
    pages,
    port: options.port,
  });
  try {
    const pipeline = await startPipeline(options, given, server.url, context);
    ready.resolve(pipeline.api);
    context.stdout.write(`Querytrail: ${server.url}\n`);
    return {
      async close() {
        await server.close();
        await pipeline.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function startPipeline(
  options: ServeOptions,
  given: TrailFolder | undefined,
  url: string,
  { stderr }: ServeContext,
): Promise<Running & { readonly api: Api }> {
  const data = await openDataDirectory(options.data);
  const trail = given?.root ?? data.samplePath;
  await refuseSecond(options.data, trail, data.storePath(trail));
  const folder = given ?? (await openSample(options, data, stderr));
  if (options.reset) await data.forgetStore(folder.root);
  const history = await openHistory(options, folder);
  const publicKeys = await openPublicKeys(options, folder);
  const run = { trail: folder.root, store: data.storePath(folder.root) };
  const embedded = await startEmbeddedStore({ path: run.store });
  await data.rememberRun({ ...run, url });
  const progress = createProgress(stderr);
  const local = startLocal({
    folder,
    store: createDynamoEventStore({ ...embedded, totalsTiming: TOTALS_TIMING }),
    history,
    publicKeys,
    onUnreadable: (key, reason) => progress.say(`cannot read ${key}: ${reason}`),
    onBlind: (reason) =>
      progress.say(`cannot watch all of the folder (${reason}): start again to read what is new`),
    onProgress: progress.show,
    onError: progress.fail,
  });
  local.firstReading.then(progress.finish).catch(progress.fail);
  local.firstVerification.then(progress.tellVerified).catch(progress.fail);
  return {
    api: local.api,
    async close() {
      await local.close();
      await embedded.close();
      await data.rememberRun(run);
    },
  };
}

/** Two processes cannot write one embedded store. */
async function refuseSecond(directory: string, trail: string, store: string): Promise<void> {
  if (!(await isStoreInUse(store))) return;
  const run = await readLatestRun(directory);
  const place = run?.url !== undefined && run.trail === trail ? `, at ${run.url}` : '';
  throw new Error(`${trail} is served already${place}; for a second server give another --data`);
}

async function openSample(
  { reset }: ServeOptions,
  data: DataDirectory,
  stderr: NodeJS.WriteStream,
): Promise<TrailFolder> {
  const made = await data.sampleDate();
  const now = new Date();
  if (reset || made === undefined) {
    await data.forgetSample();
    stderr.write(`making a sample trail in ${data.samplePath}\n`);
    await writeSampleTrail(data.samplePath, { now });
  } else if (now.getTime() - made.getTime() > SAMPLE_FRESH_MS) {
    const day = made.toISOString().slice(0, 10);
    stderr.write(
      `the sample trail in ${data.samplePath} ends on ${day}; --reset makes a new one\n`,
    );
  } else {
    stderr.write(`the sample trail is in ${data.samplePath}\n`);
  }
  return openTrailFolder(data.samplePath);
}

/** The given file, or the one that the sample brings. */
async function openHistory(
  { trail, athenaHistory }: ServeOptions,
  { root }: TrailFolder,
): Promise<AthenaHistory | undefined> {
  if (athenaHistory !== undefined) return openRecordedHistory(athenaHistory);
  return trail === undefined ? openRecordedHistory(join(root, SAMPLE_HISTORY)) : undefined;
}

/** The given file, or the one that lies in the folder, as the sample's does. */
async function openPublicKeys(
  { publicKeys }: ServeOptions,
  { root }: TrailFolder,
): Promise<PublicKeys | undefined> {
  if (publicKeys !== undefined) return readPublicKeys(publicKeys);
  const beside = join(root, SAMPLE_PUBLIC_KEYS);
  return existsSync(beside) ? readPublicKeys(beside) : undefined;
}

/** An empty one comes of a shell's variable that is not set. */
function pathOf(option: string) {
  return z
    .string()
    .min(1)
    .catch(() => refuse(option, "''", 'a path'));
}

function refuse(option: string, value: unknown, allowed: string): never {
  throw new ConfigError(`config.${option.slice(2)}`, `${option} ${String(value)}: give ${allowed}`);
}

/** Beside the bundle; in a checkout that runs from source, where the bundle is built. */
function findPages(): string {
  const beside = join(__dirname, 'web');
  return existsSync(beside) ? beside : join(__dirname, '../../dist/web');
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
