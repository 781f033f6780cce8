import type { Action } from './next.ts';

/** An action in the words a person watching reads. */
export function actionText(action: Action): string {
  switch (action.kind) {
    case 'create':
      return 'create the new container beside the old';
    case 'connect':
      return `connect it to network ${action.network}`;
    case 'examine':
      return 'compare both containers';
    case 'verify':
      return 'check that the service answers';
    case 'stop':
    case 'start':
      return `${action.kind} the ${action.who === 'old' ? 'old' : 'new'} container`;
    case 'rename':
      return `rename the ${action.who === 'old' ? 'old' : 'new'} container (${action.to})`;
    case 'set-restart':
      return `set the ${action.who === 'old' ? 'old' : 'new'} container's restart policy to ${action.restart.split(':')[0] ?? ''}`;
    case 'remove':
      return 'remove the new container';
    case 'done':
      return 'done';
  }
}
