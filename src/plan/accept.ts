import type { AcceptedBy, Evidence, Finding, PublishedPort } from '../model/finding.ts';
import { matchesGlob } from '../model/glob.ts';
import type { Exception } from '../model/playbook.ts';
import { fitsImage } from '../model/profile.ts';
import type { Container } from '../model/snapshot.ts';

/**
 * A finding held against the exceptions: accepted whole, not at all, or in parts — an exception for 80/tcp leaves the
 * finding about 443 standing. Exceptions given are taken to be in force.
 */
export function accept(finding: Finding, container: Container, exceptions: readonly Exception[]): readonly Finding[] {
  const own = exceptions.filter((exception) => matches(exception, finding, container));
  const whole = own.find((exception) => reach(exception, finding.evidence) === 'all');
  if (whole) return [{ ...finding, exception: acceptedBy(whole) }];
  return own.length === 0 ? [finding] : split(finding, own);
}

/** Whether an exception accepts a finding or some of what it tells of. */
export function covers(exception: Exception, finding: Finding, container: Container): boolean {
  return matches(exception, finding, container) && reach(exception, finding.evidence) !== 'none';
}

/** Whether an exception is about this container and rule at all, before it is narrowed to ports or capabilities. */
function matches({ rule, match }: Exception, finding: Finding, container: Container): boolean {
  return (
    rule === finding.rule &&
    globHolds(match.host, finding.host) &&
    globHolds(match.container, container.name) &&
    (match.image === undefined || fitsImage(match.image, container.inspect.Config.Image)) &&
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

function reach(exception: Exception, evidence: Evidence): 'all' | 'some' | 'none' {
  switch (evidence.kind) {
    case 'ports':
      return shareOf(evidence.ports, (port) => coversPort(exception, port));
    case 'capabilities':
      if (coversEverything(exception)) return 'all';
      if (evidence.privileged) return 'none';
      return lackingIn(evidence).length > 0 && evidence.excess.some((name) => coversCapability(exception, name))
        ? 'some'
        : shareOf(evidence.excess, (name) => coversCapability(exception, name));
    case 'listeners':
      return shareOf(evidence.listeners, (listener) => coversListener(exception, listener));
    case 'surplus':
      return shareOf(evidence.held, (name) => coversCapability(exception, name));
    case 'unknown':
      return coversEverything(exception) ? 'all' : 'none';
  }
}

function shareOf<Item>(items: readonly Item[], isCovered: (item: Item) => boolean): 'all' | 'some' | 'none' {
  const covered = items.filter(isCovered).length;
  return covered === 0 ? 'none' : covered === items.length ? 'all' : 'some';
}

function lackingIn({ lacking = [] }: Extract<Evidence, { kind: 'capabilities' }>): readonly string[] {
  return lacking;
}

function coversEverything({ ports, capabilities }: Exception): boolean {
  return ports.length === 0 && capabilities.length === 0;
}

function coversPort(exception: Exception, { hostPort, hostPortEnd, protocol }: PublishedPort): boolean {
  return (
    coversEverything(exception) || (hostPort === hostPortEnd && exception.ports.includes(`${hostPort}/${protocol}`))
  );
}

function coversCapability(exception: Exception, name: string): boolean {
  return coversEverything(exception) || exception.capabilities.includes(name);
}

function coversListener(
  exception: Exception,
  { port, protocol }: { readonly port: number; readonly protocol: string },
): boolean {
  return coversEverything(exception) || exception.ports.includes(`${port}/${protocol}`);
}

/** One finding for what stays open, and one for what each exception accepts; each tells only of its own part. */
function split(finding: Finding, exceptions: readonly Exception[]): readonly Finding[] {
  const { evidence } = finding;
  switch (evidence.kind) {
    case 'ports':
      return partsOf(finding, evidence.ports, exceptions, coversPort, (ports) => ({
        because: `publishes ${names(ports.map(portName))} below 1024`,
        evidence: { kind: 'ports', ports },
      }));
    case 'capabilities':
      if (evidence.privileged) return [finding];
      // No exception makes up for what it lacks.
      if (lackingIn(evidence).length > 0) {
        const { kind, effective, excess, privileged } = evidence;
        const rest = { kind, effective, excess, privileged };
        return [
          { ...finding, because: `lacks ${names(lackingIn(evidence))}`, evidence: { ...evidence, excess: [] } },
          ...split({ ...finding, evidence: rest }, exceptions),
        ];
      }
      return partsOf(finding, evidence.excess, exceptions, coversCapability, (excess) => ({
        because: `holds ${names(excess)}`,
        evidence: { ...evidence, excess },
      }));
    case 'listeners':
      return partsOf(finding, evidence.listeners, exceptions, coversListener, (listeners) => ({
        because: `listens on ${names(listeners.map(({ port, protocol }) => `${port}/${protocol}`))} of the host, whose network it shares`,
        evidence: { kind: 'listeners', listeners },
      }));
    case 'surplus':
    case 'unknown':
      return [finding];
  }
}

function partsOf<Item>(
  finding: Finding,
  items: readonly Item[],
  exceptions: readonly Exception[],
  isCovered: (exception: Exception, item: Item) => boolean,
  part: (items: readonly Item[]) => Pick<Finding, 'because' | 'evidence'>,
): readonly Finding[] {
  const accepted = new Map<Exception, Item[]>();
  const open: Item[] = [];
  for (const item of items) {
    const exception = exceptions.find((candidate) => isCovered(candidate, item));
    if (exception) accepted.set(exception, [...(accepted.get(exception) ?? []), item]);
    else open.push(item);
  }
  if (accepted.size === 0) return [finding];
  const parts = [...accepted].map(([exception, own]) => ({
    ...finding,
    ...part(own),
    exception: acceptedBy(exception),
  }));
  return open.length === 0 ? parts : [{ ...finding, ...part(open) }, ...parts];
}

function names(items: readonly string[]): string {
  return [...new Set(items)].join(', ');
}

function portName({ hostPort, hostPortEnd, protocol }: PublishedPort): string {
  return `${hostPort === hostPortEnd ? hostPort : `${hostPort}-${hostPortEnd}`}/${protocol}`;
}

function acceptedBy({ reason, owner, expires, ticket }: Exception): AcceptedBy {
  return { reason, owner, expires, ...(ticket === undefined ? {} : { ticket }) };
}
