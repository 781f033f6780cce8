import type { Action, Who } from './next.ts';

/** An action in the words a person watching reads. */
export function actionText(action: Action): string {
  switch (action.kind) {
    case 'create':
      return 'create the new container beside the old';
    case 'connect':
      return `connect it to network ${action.network}`;
    case 'examine':
      return 'compare both containers';
    case 'carry':
      return 'carry the changed files over';
    case 'verify':
      return 'check that the service answers';
    case 'try-stop':
      return 'stop the new container once, to start it again';
    case 'stop':
    case 'start':
    case 'pause':
    case 'remove':
      return `${action.kind} ${whoText(action.who)}`;
    case 'rename':
      return `rename ${whoText(action.who)} (${action.to})`;
    case 'set-restart':
      return `set ${whoText(action.who)}'s restart policy to ${action.restart.split(':')[0] ?? ''}`;
    case 'done':
      return 'done';
  }
}

function whoText(who: Who): string {
  return who === 'old' ? 'the old container' : 'the new container';
}
