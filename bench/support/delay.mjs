// node bench/support/delay.mjs HOST PORT MILLISECONDS: a TCP proxy that holds back everything for half of that each way;
// it prints the port it listens on. For kernels without netem.
import { connect, createServer } from 'node:net';

const [host, port, milliseconds] = process.argv.slice(2);
const delayed = (from, to) => {
  from.on('data', (chunk) => setTimeout(() => to.write(chunk), milliseconds / 2));
  from.on('end', () => setTimeout(() => to.end(), milliseconds / 2));
  from.on('error', () => to.destroy());
};
const server = createServer({ noDelay: true }, (near) => {
  const far = connect({ host, port: Number(port), noDelay: true });
  delayed(near, far);
  delayed(far, near);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
