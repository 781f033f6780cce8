import * as z from 'zod';
import type { HostNetwork, Listener, Shell, Unit } from '../model/machine.ts';
import type { Container, ContainerDetails, FileChange, Snapshot } from '../model/snapshot.ts';
import { carriedObject } from './document.ts';
import { engineShape } from './host-shape.ts';
import { inspectShape } from './inspect-shape.ts';
import { known } from './known-shape.ts';
import { runtimeShape } from './runtime-shape.ts';

const port = z.int().min(0).max(65535);
const texts = z.array(z.string());
/** Of a scan that was saved before there was such a fact. */
const NOT_SAVED = { known: false, because: 'the saved scan does not tell' } as const;
const unitShape = z.object({
  name: z.string(),
  file: z.string(),
  verb: z.enum(['run', 'start'] satisfies Unit['verb'][]),
  container: z.string(),
});

/** One host's snapshot inside a document. */
export const snapshotShape = z
  .object({
    host: z.string(),
    address: z.string(),
    taken_at: z.iso.datetime({ error: 'a UTC time like 2026-11-22T21:09:11Z' }),
    engine: engineShape,
    machine: z.object({
      listeners: known(z.array(listenerShape())),
      ephemeral_ports: known(z.object({ first: port, last: port })),
      shell: known(shellShape()).default(NOT_SAVED),
      network: known(networkShape()).default(NOT_SAVED),
      units: known(z.array(unitShape)).default(NOT_SAVED),
    }),
    containers: z.array(containerShape()),
  })
  .transform(
    ({ machine, taken_at, ...snapshot }): Snapshot => ({
      ...snapshot,
      takenAt: taken_at,
      machine: {
        listeners: machine.listeners,
        ephemeralPorts: machine.ephemeral_ports,
        shell: machine.shell,
        network: machine.network,
        units: machine.units,
      },
    }),
  );

function listenerShape() {
  return z
    .object({
      protocol: z.enum(['tcp', 'udp']),
      ip: z.string(),
      port,
      process: z.string().exactOptional(),
      container_id: z.string().exactOptional(),
      unattributed: z.string().exactOptional(),
    })
    .transform(
      ({ container_id, ...listener }): Listener => ({
        ...listener,
        ...(container_id === undefined ? {} : { containerId: container_id }),
      }),
    );
}

function shellShape() {
  const login = z
    .object({ client_ip: z.string(), server_ip: z.string(), server_port: port })
    .transform(({ client_ip, server_ip, server_port }) => ({
      clientIp: client_ip,
      serverIp: server_ip,
      serverPort: server_port,
    }));
  return z.object({ login: login.nullable(), container_ids: texts }).transform(
    (shell): Shell => ({
      login: shell.login,
      whereabouts: { containerIds: shell.container_ids },
    }),
  );
}

function networkShape() {
  return z
    .object({ addresses: texts, name_servers: texts })
    .transform(({ addresses, name_servers }): HostNetwork => ({ addresses, nameServers: name_servers }));
}

function containerShape() {
  return z
    .object({
      id: z.string(),
      name: z.string(),
      config_digest: z.string(),
      details: detailsShape().exactOptional(),
      inspect: inspectShape,
    })
    .transform(({ config_digest, ...container }): Container => ({ ...container, configDigest: config_digest }));
}

function detailsShape() {
  return z
    .object({
      image: z.object({ id: z.string(), tags: z.array(z.string()), config: carriedObject }).nullable(),
      named_image_id: z.string().nullable(),
      changes: z.array(
        z.object({
          path: z.string(),
          kind: z.enum(['modified', 'added', 'deleted'] satisfies FileChange['kind'][]),
        }),
      ),
      missing_volumes: z.array(z.string()),
      networks: z.array(
        z.object({ name: z.string(), id: z.string().nullable(), driver: z.string(), scope: z.string() }),
      ),
      host_paths: z.array(z.object({ path: z.string(), exists: known(z.boolean()) })),
      runtime: runtimeShape().exactOptional(),
    })
    .transform(
      ({ named_image_id, missing_volumes, host_paths, ...details }): ContainerDetails => ({
        ...details,
        namedImageId: named_image_id,
        missingVolumes: missing_volumes,
        hostPaths: host_paths,
      }),
    );
}
