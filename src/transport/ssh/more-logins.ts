import { openRefusal } from './explain-ssh.ts';
import type { ChannelOpened, SshLink } from './ssh-link.ts';

/** Enough for every channel to the engine, a script, and one that is just ending. */
const MOST = 6;

/**
 * A connection whose commands may take further logins: an sshd with a small MaxSessions refuses what goes beyond it on
 * one connection, and takes it on another.
 */
export function withMoreLogins(first: SshLink, logIn: () => Promise<SshLink>): SshLink {
  const others: Promise<SshLink>[] = [];
  const logged: SshLink[] = [];
  let runsCommands = false;
  let isClosed = false;

  const loginAt = async (index: number): Promise<SshLink> => {
    const known = others[index];
    if (known !== undefined) return await known;
    const begun = logIn();
    others.push(begun);
    const link = await begun;
    logged.push(link);
    if (isClosed) await link.close();
    return link;
  };

  const execAt = (index: number, command: string, opened: ChannelOpened): void => {
    const isNew = index === others.length;
    loginAt(index).then(
      (link) => {
        link.exec(command, (error, channel) => {
          // A new login that takes no command will not take the next one either.
          if (openRefusal(error) === undefined || isNew || index + 1 === MOST) opened(error, channel);
          else execAt(index + 1, command, opened);
        });
      },
      (error: unknown) => opened(error as Error, undefined as never),
    );
  };

  return {
    ...first,
    exec(command, opened) {
      first.exec(command, (error, channel) => {
        if (openRefusal(error) !== undefined && runsCommands && first.lost() === undefined) execAt(0, command, opened);
        else {
          runsCommands ||= error === undefined;
          opened(error, channel);
        }
      });
    },
    lost: () => first.lost() ?? logged.map((link) => link.lost()).find((lost) => lost !== undefined),
    async close() {
      isClosed = true;
      await Promise.all([first, ...logged].map((link) => link.close()));
    },
  };
}
