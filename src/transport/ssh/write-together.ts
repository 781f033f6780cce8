import type { Duplex } from 'node:stream';

/**
 * Lets what is written in one turn leave together. ssh2 writes each packet in three pieces, of which each would be a
 * packet on the network and wake up sshd, for a request of a hundred bytes.
 */
export function writeTogether<Socket extends Duplex>(socket: Socket): Socket {
  const write = socket.write.bind(socket);
  let isHeld = false;
  const release = (): void => {
    isHeld = false;
    socket.uncork();
  };
  const held = (...piece: Parameters<typeof write>): boolean => {
    if (!isHeld) {
      isHeld = true;
      socket.cork();
      setImmediate(release);
    }
    return write(...piece);
  };
  Object.assign(socket, { write: held });
  return socket;
}
