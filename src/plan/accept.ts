import type { AcceptedBy, Evidence, Finding, PublishedPort } from '../model/finding.ts';
import { matchesGlob } from '../model/glob.ts';
import type { Exception } from '../model/playbook.ts';
import type { Container } from '../model/snapshot.ts';

/**
 * A finding held against the exceptions: accepted whole, not at all, or in part — an exception for 80/tcp leaves the
 * finding about 443 standing. Exceptions given are taken to be in force.
 */
export function accept(finding: Finding, container: Container, exceptions: readonly Exception[]): readonly Finding[] {
  const own = exceptions.filter((exception) => matches(exception, finding, container));
  const whole = own.find((exception) => coversAll(exception, finding.evidence));
  if (whole) return [{ ...finding, exception: acceptedBy(whole) }];
  if (finding.evidence.kind !== 'ports') return [finding];
  return splitPorts(finding, finding.evidence.ports, own);
}

/** Whether an exception is about this finding at all, before it is narrowed to ports or capabilities. */
export function matches({ rule, match }: Exception, finding: Finding, container: Container): boolean {
  return (
    rule === finding.rule &&
    globHolds(match.host, finding.host) &&
    globHolds(match.container, container.name) &&
    globHolds(match.image, container.inspect.Config.Image) &&
    labelHolds(match.label, container.inspect.Config.Labels ?? {})
  );
}

function globHolds(glob: string | undefined, text: string): boolean {
  return glob === undefined || matchesGlob(glob, text);
}

function labelHolds(wanted: string | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (wanted === undefined) return true;
  return Object.entries(labels).some(([key, value]) =>
    wanted.includes('=') ? matchesGlob(wanted, `${key}=${value}`) : matchesGlob(wanted, key),
  );
}

function coversAll(exception: Exception, evidence: Evidence): boolean {
  switch (evidence.kind) {
    case 'ports':
      return evidence.ports.every((port) => coversPort(exception, port));
    case 'capabilities':
      if (exception.capabilities.length === 0) return true;
      return (
        !evidence.privileged &&
        evidence.excess.length > 0 &&
        evidence.excess.every((name) => exception.capabilities.includes(name))
      );
    case 'listeners':
      return (
        exception.ports.length === 0 ||
        evidence.listeners.every(({ port, protocol }) => exception.ports.includes(`${port}/${protocol}`))
      );
    case 'unknown':
      return exception.ports.length === 0 && exception.capabilities.length === 0;
  }
}

function coversPort(exception: Exception, { hostPort, hostPortEnd, protocol }: PublishedPort): boolean {
  return (
    exception.ports.length === 0 || (hostPort === hostPortEnd && exception.ports.includes(`${hostPort}/${protocol}`))
  );
}

function splitPorts(
  finding: Finding,
  ports: readonly PublishedPort[],
  exceptions: readonly Exception[],
): readonly Finding[] {
  const accepted = new Map<Exception, PublishedPort[]>();
  const open: PublishedPort[] = [];
  for (const port of ports) {
    const exception = exceptions.find((candidate) => coversPort(candidate, port));
    if (exception) accepted.set(exception, [...(accepted.get(exception) ?? []), port]);
    else open.push(port);
  }
  const parts = [...accepted].map(([exception, own]) => ({
    ...finding,
    evidence: { kind: 'ports' as const, ports: own },
    exception: acceptedBy(exception),
  }));
  return open.length === 0 ? parts : [{ ...finding, evidence: { kind: 'ports', ports: open } }, ...parts];
}

function acceptedBy({ reason, owner, expires, ticket }: Exception): AcceptedBy {
  return { reason, owner, expires, ...(ticket === undefined ? {} : { ticket }) };
}
