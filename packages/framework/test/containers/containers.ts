import {
  GenericContainer,
  ImageName,
  type StartedTestContainer,
  Wait,
  getContainerRuntimeClient,
} from 'testcontainers';
import { freePorts } from './free-ports.ts';

/** The images of the tests: those that variables name, else the official ones. */
export const IMAGES = {
  postgres: process.env['POSTGRES_IMAGE'] ?? 'postgres:17',
  mariadb: process.env['MARIADB_IMAGE'] ?? 'mariadb:11.4',
  kafka: process.env['KAFKA_IMAGE'] ?? 'apache/kafka:4.1.1',
};

/** Why there are no containers here; undefined when there are. `REQUIRE_CONTAINERS=1` makes that a failure and not a skip. */
export const noContainers: string | undefined = await (async () => {
  let missing = 'no Docker engine answers';
  try {
    const { image: images } = await getContainerRuntimeClient();
    for (const name of Object.values(IMAGES)) {
      missing = `the image ${name} is not here and cannot be pulled`;
      const image = ImageName.fromString(name);
      if (!(await images.exists(image))) await images.pull(image);
    }
    return undefined;
  } catch (error) {
    if (process.env['REQUIRE_CONTAINERS']) throw new Error(missing, { cause: error });
    return missing;
  }
})();

/** A server in a container, on a host port that stays the same when the container is stopped and started. */
export interface ServerContainer {
  readonly port: number;
  readonly container: StartedTestContainer;
  /** Freezes all its processes; clients see silence. */
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill}; resolves when the container runs, not when the server answers. */
  start(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServerImage {
  readonly image: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly ready: ReturnType<typeof Wait.forLogMessage>;
  readonly command?: readonly string[];
  /** Files that it has from the beginning. */
  readonly files?: readonly { readonly target: string; readonly content: string }[];
}

/** Starts a server; `imageOf` gets the port that it will have on the host. */
export async function startServer(imageOf: (hostPort: number) => ServerImage): Promise<ServerContainer> {
  const hostPort = (await freePorts(1))[0]!;
  const { image, port, environment, ready, command, files = [] } = imageOf(hostPort);
  const made = new GenericContainer(image)
    .withExposedPorts({ container: port, host: hostPort })
    .withEnvironment(environment)
    .withCopyContentToContainer([...files])
    .withWaitStrategy(ready)
    .withStartupTimeout(120_000);
  if (command) made.withCommand([...command]);
  const container = await made.start();
  const client = await getContainerRuntimeClient();
  const handle = client.container.getById(container.getId());
  return {
    port: hostPort,
    container,
    pause: () => handle.pause(),
    unpause: () => handle.unpause(),
    kill: () => handle.kill({ signal: 'SIGKILL' }),
    start: () => handle.start(),
    async [Symbol.asyncDispose]() {
      await container.stop({ timeout: 0, remove: true });
    },
  };
}
