import type { Owner } from '../model/owner.ts';
import type { Container, Snapshot } from '../model/snapshot.ts';
import { imageName } from './image-name.ts';
import type { ManagerSign } from './manager-signs.ts';
import { MANAGER_SIGNS } from './manager-signs.ts';

/** Who created a container and would create it again: by its labels and name, else by what the host's units and scripts hold. */
export function ownerOf(container: Container, snapshot: Snapshot): Owner {
  const sign = MANAGER_SIGNS.find((candidate) => isThere(candidate, container, snapshot));
  if (!sign) return unitOf(container, snapshot) ?? scriptOf(container) ?? { kind: 'none' };
  const name = sign.nameLabel === undefined ? undefined : labelsOf(container)[sign.nameLabel];
  const files = composeFiles(container);
  return {
    kind: sign.kind,
    ...(name === undefined || name === '' ? {} : { name }),
    ...(files.length === 0 ? {} : { files }),
  };
}

function isThere(sign: ManagerSign, container: Container, { containers }: Snapshot): boolean {
  const { labels: wanted = [], value, container: name, image, composeFile, beside } = sign;
  const labels = labelsOf(container);
  return (
    wanted.every((label) => Object.hasOwn(labels, label) && !/^false$/i.test(labels[label] ?? '')) &&
    (value === undefined || value.test(labels[wanted[0] ?? ''] ?? '')) &&
    (name === undefined || name.test(container.name)) &&
    (image === undefined || image.test(imageName(container))) &&
    (composeFile === undefined || composeFiles(container).some((file) => composeFile.test(file))) &&
    (beside === undefined || containers.some((other) => other.name === beside))
  );
}

/** Early versions of compose wrote down the paths as they were given, beside the folder they were given in. */
function composeFiles(container: Container): readonly string[] {
  const labels = labelsOf(container);
  const folder = labels['com.docker.compose.project.working_dir'] ?? '';
  return (labels['com.docker.compose.project.config_files'] ?? '')
    .split(',')
    .filter((file) => file !== '' && file !== '-')
    .map((file) => (file.startsWith('/') || folder === '' ? file : `${folder}/${file}`));
}

function unitOf({ id, name }: Container, { machine: { units } }: Snapshot): Owner | undefined {
  if (!units.known) return undefined;
  const unit = units.value.find(({ container }) => isNamed(container, name) || isStartOf(container, id));
  return unit && { kind: 'systemd', name: unit.name, files: [unit.file] };
}

function isNamed(written: string, name: string): boolean {
  if (!written.includes('*')) return written === name;
  const [head = '', ...rest] = written.split('*');
  const tail = rest.at(-1) ?? '';
  // Nothing but a wildcard says nothing of which container is meant.
  return head + tail !== '' && name.length > head.length + tail.length && name.startsWith(head) && name.endsWith(tail);
}

function isStartOf(written: string, id: string): boolean {
  return /^[0-9a-f]{12,64}$/.test(written) && id.startsWith(written);
}

function scriptOf({ inspect }: Container): Owner | undefined {
  const file = inspect.HostConfig.ContainerIDFile ?? '';
  return file === '' ? undefined : { kind: 'script', name: file };
}

function labelsOf({ inspect }: Container): Readonly<Record<string, string>> {
  return inspect.Config.Labels ?? {};
}
