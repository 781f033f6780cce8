import * as z from 'zod';
import type { Container, ContainerDetails, FileChange, Listener, Snapshot } from '../model/snapshot.ts';
import { carriedObject } from './document.ts';
import { engineShape } from './host-shape.ts';
import { inspectShape } from './inspect-shape.ts';

const port = z.int().min(0).max(65535);

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
    }),
    containers: z.array(containerShape()),
  })
  .transform(
    ({ machine, taken_at, ...snapshot }): Snapshot => ({
      ...snapshot,
      takenAt: taken_at,
      machine: { listeners: machine.listeners, ephemeralPorts: machine.ephemeral_ports },
    }),
  );

function known<Value extends z.ZodType>(value: Value) {
  return z.discriminatedUnion('known', [
    z.object({ known: z.literal(true), value }),
    z.object({ known: z.literal(false), because: z.string() }),
  ]);
}

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
