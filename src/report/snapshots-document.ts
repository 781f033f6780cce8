import type { JsonObject } from '../model/json.ts';
import type { MachineFacts } from '../model/machine.ts';
import type { Container, ContainerDetails, Snapshot } from '../model/snapshot.ts';
import { documentStart, documentVerdict } from './document.ts';
import { runtimeDocument } from './runtime-document.ts';
import { knownDocument } from './known-document.ts';
import { engineDocument, unreadHostDocument } from './host-document.ts';
import type { UnreadHost } from './host-document.ts';
import { documentWriter } from './json-text.ts';

/** A scan as a file, written host by host. */
export interface SnapshotsWriter {
  readonly begin: () => string;
  readonly snapshot: (snapshot: Snapshot) => string;
  readonly end: (unread: readonly UnreadHost[]) => string;
}

/**
 * A scan as the file that `plan --from` reads. It names the hosts that could not be read as well, so that a plan made
 * from it does not call them compliant.
 */
export function snapshotsWriter(generatedAt: string): SnapshotsWriter {
  const { begin, item, end } = documentWriter(documentStart(generatedAt), 'snapshots');
  return {
    begin,
    snapshot: (snapshot) => item(snapshotDocument(snapshot)),
    end: (unread) => end({ unread: unread.map(unreadHostDocument), ...documentVerdict(unread.length) }),
  };
}

function snapshotDocument(snapshot: Snapshot): JsonObject {
  return {
    host: snapshot.host,
    address: snapshot.address,
    taken_at: snapshot.takenAt,
    engine: engineDocument(snapshot.engine),
    machine: machineDocument(snapshot.machine),
    containers: snapshot.containers.map(containerDocument),
  };
}

function machineDocument(machine: MachineFacts): JsonObject {
  return {
    listeners: knownDocument(machine.listeners, (listeners) =>
      listeners.map(({ containerId, ...listener }) => ({
        ...listener,
        ...(containerId === undefined ? {} : { container_id: containerId }),
      })),
    ),
    ephemeral_ports: knownDocument(machine.ephemeralPorts, ({ first, last }) => ({ first, last })),
    shell: knownDocument(machine.shell, ({ login, whereabouts }) => ({
      login: login && { client_ip: login.clientIp, server_ip: login.serverIp, server_port: login.serverPort },
      container_ids: [...whereabouts.containerIds],
    })),
    network: knownDocument(machine.network, ({ addresses, nameServers }) => ({
      addresses: [...addresses],
      name_servers: [...nameServers],
    })),
    units: knownDocument(machine.units, (units) =>
      units.map(({ name, file, verb, container }) => ({ name, file, verb, container })),
    ),
  };
}

function containerDocument(container: Container): JsonObject {
  return {
    id: container.id,
    name: container.name,
    config_digest: container.configDigest,
    ...(container.details === undefined ? {} : { details: detailsDocument(container.details) }),
    // The engine's own JSON: it was read as JsonValue and only its type has names for some of the fields.
    inspect: container.inspect as unknown as JsonObject,
  };
}

function detailsDocument(details: ContainerDetails): JsonObject {
  const { image } = details;
  return {
    image: image === null ? null : { id: image.id, tags: [...image.tags], config: image.config },
    named_image_id: details.namedImageId,
    changes: details.changes.map(({ path, kind }) => ({ path, kind })),
    missing_volumes: [...details.missingVolumes],
    networks: details.networks.map(({ name, id, driver, scope }) => ({ name, id, driver, scope })),
    host_paths: details.hostPaths.map(({ path, exists }) => ({
      path,
      exists: knownDocument(exists, (value) => value),
    })),
    ...(details.runtime === undefined ? {} : { runtime: runtimeDocument(details.runtime) }),
  };
}
