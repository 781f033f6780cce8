import { afterEach } from '@jest/globals';
import type { SshAddress } from '../../src/model/inventory.ts';
import { openConnection, type ConnectionSettings } from '../../src/transport/connect.ts';
import type { Connection } from '../../src/transport/connection.ts';
import { startSshd, type RealSshd } from './ssh-daemon.ts';
import { settingsFor, sshHost, type SshTransport } from './ssh-fleet.ts';

/** Real sshds, and connections to them, that are gone after each test. */
export interface RealSsh {
  /** Starts one with these lines added to its configuration. */
  readonly startSshd: (...lines: readonly string[]) => Promise<RealSshd>;
  /** Logs in to one as root, or whoever the address says. */
  readonly open: (
    to: RealSshd,
    address?: Partial<SshAddress>,
    changes?: Partial<ConnectionSettings>,
  ) => Promise<Connection>;
}

/** For the suite it is called in, by one client of ssh. */
export function withRealSsh(transport: SshTransport): RealSsh {
  const opened: Connection[] = [];
  const started: RealSshd[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((connection) => connection.close()));
    await Promise.all(started.splice(0).map((sshd) => sshd.close()));
  });
  return {
    async startSshd(...lines) {
      const sshd = await startSshd(...lines);
      started.push(sshd);
      return sshd;
    },
    async open(to, address = {}, changes = {}) {
      const host = sshHost({
        port: to.port,
        user: 'root',
        ...(transport === 'openssh' ? { transport } : {}),
        ...address,
      });
      const connection = await openConnection(
        host,
        settingsFor(to.homeFolder, { userName: 'root', controlParentFolder: to.homeFolder, ...changes }),
      );
      opened.push(connection);
      return connection;
    },
  };
}
