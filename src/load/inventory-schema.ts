import * as z from 'zod';
import { fields, wrong } from './schema-parts.ts';

/** A group of an inventory as it is written in YAML; every part may be left empty. */
export interface WrittenGroup {
  readonly hosts?: string | Readonly<Record<string, WrittenVariables | null>> | null | undefined;
  readonly children?: string | Readonly<Record<string, WrittenGroup | null>> | null | undefined;
  readonly vars?: WrittenVariables | null | undefined;
}

/** Variables of a host or a group, ours and those of other tools. */
export type WrittenVariables = Readonly<Record<string, unknown>>;

const HOSTS = 'a mapping of host names, each with a colon: `web-1:` or `web-1: { docker: ssh://web-1 }`';
const GROUPS = 'a mapping of groups, each with a colon: `web:`';
const VARIABLES = 'a mapping of variables';

/** What the keys mean is said for editors; foreign variables are of any type, so types are judged where one is used. */
const variables = z.looseObject(
  {
    docker: z
      .unknown()
      .meta({ description: 'How the engine is reached: any DOCKER_HOST value, or context:NAME' })
      .optional(),
    tls: z.unknown().meta({ description: 'Folder with ca.pem, cert.pem and key.pem, for tcp://' }).optional(),
    become: z.unknown().meta({ description: 'Reach the engine through sudo -n' }).optional(),
    transport: z
      .unknown()
      .meta({ description: "What carries ssh: built-in, or openssh for the system's own ssh command" })
      .optional(),
    ansible_host: z.unknown().meta({ description: 'Name or address, when it is not the name of the host' }).optional(),
    ansible_user: z.unknown().meta({ description: 'User on the host' }).optional(),
    ansible_port: z.unknown().meta({ description: 'Port of its sshd' }).optional(),
    ansible_ssh_private_key_file: z.unknown().meta({ description: 'Key file' }).optional(),
    ansible_become: z.unknown().meta({ description: 'The same as become' }).optional(),
    ansible_connection: z.unknown().meta({ description: 'local: the engine of this machine' }).optional(),
  },
  { error: wrong(VARIABLES) },
);

const group: z.ZodType<WrittenGroup | null> = z.lazy(() =>
  fields(
    {
      hosts: z
        .union([z.string(), z.record(z.string(), variables.nullable(), { error: wrong(HOSTS) })], {
          error: wrong(HOSTS),
        })
        .nullable()
        .optional(),
      children: z
        .union([z.string(), z.record(z.string(), group, { error: wrong(GROUPS) })], { error: wrong(GROUPS) })
        .nullable()
        .optional(),
      vars: variables.nullable().optional(),
    },
    'a group: hosts, children or vars',
  ).nullable(),
);

/** An inventory as it is written in YAML: groups by name, `all` among them. */
export const inventorySchema = z.record(z.string(), group, { error: wrong('a mapping of groups, such as `all:`') });

/** A file of group_vars or host_vars. */
export const variablesSchema = z.record(z.string(), z.unknown(), { error: wrong(VARIABLES) });
