import * as z from 'zod';
import type { ContainerInspect } from '../model/snapshot.ts';

/**
 * A container as its engine described it, inside a document. The fields enforce reads must be of their kind; the object
 * itself is carried as it was written, fields enforce does not know included.
 */
export const inspectShape = z.custom<ContainerInspect>().check((context) => {
  const result = readFields().safeParse(context.value);
  for (const issue of result.error?.issues ?? []) {
    context.issues.push({ ...issue, input: context.value } as z.core.$ZodRawIssue);
  }
});

// Built once, at the first use; a scan has one inspect for each container.
let fields: z.ZodType | undefined;

function readFields(): z.ZodType {
  fields ??= z.object({
    Id: text,
    Name: text,
    Image: text,
    State: z.object({ Status: text, Running: z.boolean(), Restarting: maybe(z.boolean()), Paused: maybe(z.boolean()) }),
    Config: configFields(),
    HostConfig: hostConfigFields(),
    NetworkSettings: z.object({
      Ports: maybe(bindings),
      Networks: maybe(z.record(text, endpointFields())),
    }),
    Mounts: maybe(
      z.array(
        z.object({ Destination: text, Type: maybe(text), Name: maybe(text), Source: maybe(text), Mode: maybe(text) }),
      ),
    ),
  });
  return fields;
}

const text = z.string();
const texts = z.array(text);
const textsByName = z.record(text, text);
const bindings = z.record(text, z.array(z.object({ HostIp: maybe(text), HostPort: maybe(text) })).nullable());
const integer = z.union([z.int(), z.bigint()]);

/** Go writes an absent value as null or not at all. */
function maybe<Shape extends z.ZodType>(shape: Shape) {
  return shape.nullish();
}

function endpointFields() {
  const addresses = { IPAddress: maybe(text), GlobalIPv6Address: maybe(text) };
  return z.object({ NetworkID: maybe(text), Aliases: maybe(texts), Links: maybe(texts), ...addresses });
}

function configFields() {
  return z.object({
    Image: text,
    User: maybe(text),
    Env: maybe(texts),
    Cmd: maybe(texts),
    Entrypoint: maybe(texts),
    Labels: maybe(textsByName),
    Volumes: maybe(z.record(text, z.unknown())),
    ExposedPorts: maybe(z.record(text, z.unknown())),
    StopTimeout: maybe(integer),
    Healthcheck: maybe(z.object({ Test: maybe(texts), Interval: maybe(integer), Retries: maybe(integer) })),
  });
}

function hostConfigFields() {
  return z.object({
    Binds: maybe(texts),
    Mounts: maybe(z.array(z.object({ Type: maybe(text), Source: maybe(text), Target: maybe(text) }))),
    Tmpfs: maybe(textsByName),
    VolumesFrom: maybe(texts),
    Links: maybe(texts),
    NetworkMode: maybe(text),
    ContainerIDFile: maybe(text),
    Devices: maybe(z.array(z.object({ PathOnHost: maybe(text) }))),
    PidMode: maybe(text),
    IpcMode: maybe(text),
    UTSMode: maybe(text),
    PortBindings: maybe(bindings),
    PublishAllPorts: maybe(z.boolean()),
    Privileged: maybe(z.boolean()),
    CapAdd: maybe(texts),
    CapDrop: maybe(texts),
    SecurityOpt: maybe(texts),
    Sysctls: maybe(textsByName),
    AutoRemove: maybe(z.boolean()),
    RestartPolicy: maybe(z.object({ Name: maybe(text), MaximumRetryCount: maybe(integer) })),
  });
}
