// node bench/transport.mjs [RUNS] [MORE_HOSTS]: processor time on this side for each host, of `enforce scan` and of the bare
// transport (ssh2's handshake, a list and an inspect of each container over forwarded sockets, no rules). What a process
// costs by itself is taken out: both scan few hosts and then more, and the difference is divided by the number of them.
// Called with a file of addresses, it is the bare transport. Needs root and what test/lab/lab.sh needs.
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { ENFORCE, withLabHost } from './support/lab-host.mjs';
import { withAddresses } from './support/many-addresses.mjs';
import { inTurn, median } from './support/measure.mjs';

const CHANNELS = 8;
const FEW = 5;

if (process.argv[2] === '--bare') await bare(process.argv[3], process.argv[4], Number(process.argv[5]));
else await measure(Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 40));

async function measure(rounds, more) {
  await withLabHost(40, async (host) => {
    await withAddresses(host, FEW + more, async (addresses) => {
      const subjects = [FEW, FEW + more].flatMap((count) => {
        const file = join(host.folder, `addresses-${count}`);
        writeFileSync(file, addresses.slice(0, count).join('\n'));
        const list = addresses.slice(0, count).map((address) => `root@${address}`);
        const scan = ['scan', '-i', `${list.join(',')},`, '--exit-zero', '-q', '-c', '10'];
        return [
          { command: [...ENFORCE, ...scan], env: host.env },
          { command: [process.execPath, import.meta.filename, '--bare', file, host.identity, '10'], env: host.env },
        ];
      });
      const [fewScan, fewBare, moreScan, moreBare] = await inTurn(subjects, rounds);
      const each = (all, few) => all.map((run, round) => (run.cpu - few[round].cpu) / more);
      const [scan, transport] = [each(moreScan, fewScan), each(moreBare, fewBare)];
      console.log(`\nprocessor time for each host with 40 containers (medians of ${rounds}, in turn)`);
      console.log(`  enforce scan    ${median(scan).toFixed(1)} ms`);
      console.log(`  bare transport  ${median(transport).toFixed(1)} ms`);
      console.log(`  enforce is × ${(median(scan) / median(transport)).toFixed(2)}`);
    });
  });
}

async function bare(file, identity, concurrency) {
  const key = readFileSync(identity);
  const addresses = readFileSync(file, 'utf8').split('\n');
  let next = 0;
  const worker = async () => {
    while (next < addresses.length) await oneHost(addresses[next++], key);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

async function oneHost(host, privateKey) {
  const client = await new Promise((resolve, reject) => {
    const made = new ssh2.Client();
    made.on('ready', () => resolve(made)).on('error', reject);
    made.connect({ host, username: 'root', privateKey, hostVerifier: () => true });
  });
  const agent = new Agent({ keepAlive: true, maxSockets: CHANNELS, maxFreeSockets: CHANNELS });
  agent.createConnection = (_options, connected) =>
    void client.openssh_forwardOutStreamLocal('/var/run/docker.sock', (error, channel) => {
      if (channel)
        for (const name of ['setKeepAlive', 'setTimeout', 'setNoDelay', 'ref', 'unref'])
          channel[name] ??= () => channel;
      connected(error, channel);
    });
  const get = (path) =>
    new Promise((resolve, reject) => {
      request({ agent, host: 'docker', path }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      })
        .on('error', reject)
        .end();
    });
  const list = await get('/containers/json?all=1');
  let at = 0;
  const worker = async () => {
    while (at < list.length) await get(`/containers/${list[at++].Id}/json`);
  };
  await Promise.all(Array.from({ length: CHANNELS }, worker));
  agent.destroy();
  client.end();
}
