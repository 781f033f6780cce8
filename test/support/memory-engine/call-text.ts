import type { Call } from './call.ts';
import { object, text } from './fields.ts';

/** A call that writes, in words: `rename old web.enforce-old-7f3a`. Every container but the one of `oldId` is new. */
export function callText({ method, path, query, body }: Call, oldId: string): string {
  const [, collection = '', subject = '', verb = ''] = path.split('/');
  const who = (id: string): string => (id === oldId ? 'old' : 'new');
  if (subject === 'create') return `create ${query.get('name') ?? ''}`;
  if (collection === 'networks') return `${verb} ${who(text(body['Container']))} ${decodeURIComponent(subject)}`;
  if (collection === 'commit') return `commit ${who(query.get('container') ?? '')}`;
  if (collection === 'images') return 'remove image';
  if (verb === 'archive') return `unpack ${who(subject)}`;
  if (method === 'DELETE') return `remove ${who(subject)}${query.get('v') === '0' ? '' : ' with its volumes'}`;
  if (verb === 'rename') return `rename ${who(subject)} ${query.get('name') ?? ''}`;
  if (verb === 'update') return `restart-policy ${who(subject)} ${text(object(body['RestartPolicy'])['Name'])}`;
  return `${verb} ${who(subject)}`;
}
