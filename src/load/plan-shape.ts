import * as z from 'zod';
import type { JsonObject } from '../model/json.ts';
import type { Activity, Change, DependantChange, Edit, Fingerprint, PortMove } from '../model/plan.ts';
import { OWNER_KINDS } from '../model/owner.ts';
import { basisShape, decisionShape } from './decision-shape.ts';
import { carriedObject } from './document.ts';
import { findingShape } from './finding-shape.ts';
import { engineShape, isEachHostOnce, unreadHostShape } from './host-shape.ts';

const texts = z.array(z.string());
const port = z.int().min(0).max(65535);
const seconds = z.number().min(0);
const instant = z.iso.datetime({ error: 'a UTC time like 2026-11-22T21:09:11Z' });

/** The document of a saved plan. */
export const planShape = z
  .object({
    created_at: instant,
    playbook: z.object({ name: z.string(), digest: z.string() }),
    exceptions_digest: z.string(),
    changes: z.array(changeShape()),
    port_changes: z.array(portMoveShape().and(z.object({ host: z.string(), container: z.string() }))),
    hosts: z
      .array(z.discriminatedUnion('reachable', [readHostShape(), unreadHostShape]))
      .refine(isEachHostOnce, 'each host once'),
    warnings: texts,
  })
  // Else a change would be lost on the way, without a word.
  .refine(
    ({ changes, hosts }) => changes.every(({ host }) => hosts.some((one) => one.reachable && one.host === host)),
    {
      path: ['changes'],
      error: 'changes of hosts that are among "hosts" and were reached',
    },
  )
  // It is what the owners of load balancers go by.
  .refine(({ changes, port_changes }) => isSameMoves(port_changes, changes), {
    path: ['port_changes'],
    error: 'the port moves of the changes',
    // A change that is wrong in itself is told of as that.
    when: ({ issues }) => issues.length === 0,
  });

type PortChange = PortMove & { readonly host: string; readonly container: string };

function isSameMoves(listed: readonly PortChange[], changes: readonly Change[]): boolean {
  const text = ({ host, container, protocol, ip, from, to, containerPort }: PortChange): string =>
    JSON.stringify([host, container, protocol, ip, from, to, containerPort]);
  const made = changes
    .filter(({ action }) => action === 'recreate')
    .flatMap(({ host, container, portMoves }) => portMoves.map((move) => text({ ...move, host, container })));
  return JSON.stringify(listed.map(text)) === JSON.stringify(made);
}

function readHostShape() {
  return z.object({
    host: z.string(),
    address: z.string(),
    reachable: z.literal(true),
    engine: engineShape,
    containers: z.int().min(0),
    compliant: texts,
  });
}

function changeShape() {
  return z
    .object({
      host: z.string(),
      container: z.string(),
      id: z.string(),
      image: z.string(),
      action: z.enum(['recreate', 'blocked', 'excepted'] satisfies Change['action'][]),
      because: z.array(findingShape),
      before: carriedObject,
      after: carriedObject,
      port_moves: z.array(portMoveShape()),
      capabilities: z.array(decisionShape),
      capability_basis: basisShape.exactOptional(),
      widening: wideningShape().exactOptional(),
      warnings: texts,
      blocked: z.object({ because: z.string(), hint: z.string() }).nullable(),
      owner: ownerShape(),
      activity: activity(),
      order: z.enum(['stop-first', 'start-first'] satisfies Change['order'][]),
      keeps: z.enum(['container', 'specification'] satisfies Change['keeps'][]),
      carry: z.enum(['none', 'copy', 'commit'] satisfies Change['carry'][]),
      carried_files: seconds,
      dependants: z.array(dependantShape()),
      part_of: z.string().exactOptional(),
      downtime_s: seconds,
      worst_case_s: seconds,
      stale_if: fingerprintShape(),
    })
    .refine(hasOneSideEach, { path: ['after'], error: 'the same paths as in before' })
    .refine(({ action, blocked }) => (action === 'blocked') === (blocked !== null), {
      path: ['blocked'],
      error: 'a reason where the action is "blocked", else null',
    })
    .transform(
      (change): Change => ({
        host: change.host,
        container: change.container,
        id: change.id,
        image: change.image,
        action: change.action,
        because: change.because,
        edits: editsOf(change.before, change.after),
        portMoves: change.port_moves,
        capabilities: change.capabilities,
        ...(change.capability_basis === undefined ? {} : { capabilityBasis: change.capability_basis }),
        ...(change.widening === undefined ? {} : { widening: change.widening }),
        warnings: change.warnings,
        blocked: change.blocked,
        owner: change.owner,
        activity: change.activity,
        order: change.order,
        keeps: change.keeps,
        carry: change.carry,
        carriedFiles: change.carried_files,
        dependants: change.dependants,
        ...(change.part_of === undefined ? {} : { partOf: change.part_of }),
        downtimeSeconds: change.downtime_s,
        worstCaseSeconds: change.worst_case_s,
        staleIf: change.stale_if,
      }),
    );
}

function activity() {
  return z.enum(['running', 'paused', 'stopped'] satisfies Activity[]);
}

function fingerprintShape() {
  return z.object({ config_digest: z.string(), image_id: z.string(), engine_id: z.string() }).transform(
    ({ config_digest, image_id, engine_id }): Fingerprint => ({
      engineId: engine_id,
      configDigest: config_digest,
      imageId: image_id,
    }),
  );
}

function dependantShape() {
  return z
    .object({
      container: z.string(),
      id: z.string(),
      through: z.array(
        z.enum(['network_mode', 'pid', 'ipc', 'volumes_from', 'link'] satisfies DependantChange['through'][number][]),
      ),
      activity: activity(),
      before: carriedObject,
      after: carriedObject,
      widening: wideningShape().exactOptional(),
      stale_if: fingerprintShape(),
    })
    .refine(hasOneSideEach, { path: ['after'], error: 'the same paths as in before' })
    .transform(
      ({ before, after, stale_if, ...dependant }): DependantChange => ({
        ...dependant,
        edits: editsOf(before, after),
        staleIf: stale_if,
      }),
    );
}

function hasOneSideEach({ before, after }: { readonly before: JsonObject; readonly after: JsonObject }): boolean {
  const paths = Object.keys(before);
  return paths.length === Object.keys(after).length && paths.every((path) => Object.hasOwn(after, path));
}

function editsOf(before: JsonObject, after: JsonObject): readonly Edit[] {
  return Object.entries(before).map(([path, value]) => ({
    path,
    before: value ?? null,
    after: after[path] ?? null,
  }));
}

function portMoveShape() {
  return z
    .object({ proto: z.enum(['tcp', 'udp', 'sctp']), ip: z.string(), from: port, to: port, container_port: port })
    .transform(
      ({ proto, ip, from, to, container_port }): PortMove => ({
        protocol: proto,
        ip,
        from,
        to,
        containerPort: container_port,
      }),
    );
}

function wideningShape() {
  return z.object({ refused: texts, safe: texts, decisive: texts.exactOptional() });
}

function ownerShape() {
  return z.object({
    kind: z.enum(OWNER_KINDS),
    name: z.string().exactOptional(),
    files: texts.exactOptional(),
  });
}
