// node bench/fleet.mjs [HOSTS] [PEER_HOSTS]: `enforce scan` of so many hosts with 40 containers each (addresses of one lab
// host, so that this machine does the work of all of them as well), 25 at once, and what it has of memory at most, from 10
// hosts up; beside it `xargs -P 25 ssh` with the audit command over as many hosts as given, and as many of enforce.
// Needs root and what test/lab/lab.sh needs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIT, ENFORCE, withLabHost } from './support/lab-host.mjs';
import { withAddresses } from './support/many-addresses.mjs';
import { inTurn, once, report } from './support/measure.mjs';

const [hosts = 1000, peerHosts = 100] = process.argv.slice(2).map(Number);

await withLabHost(40, (host) =>
  withAddresses(host, Math.max(hosts, peerHosts), async (addresses) => {
    const scan = (count) => {
      const inventory = join(host.folder, `inventory-${count}`);
      writeFileSync(inventory, addresses.slice(0, count).join('\n'));
      return {
        name: `enforce scan, ${count} hosts`,
        command: [...ENFORCE, 'scan', '-i', inventory, '--exit-zero', '-q'],
        env: host.env,
      };
    };
    const list = join(host.folder, 'addresses');
    writeFileSync(list, addresses.slice(0, peerHosts).join('\n'));
    const audit = `xargs -a ${list} -P 25 -I{} ${host.ssh.join(' ')} {} '${AUDIT}'`;
    const peer = { name: 'xargs -P 25 ssh, the audit command', command: ['sh', '-c', audit], env: host.env };
    const subjects = [scan(peerHosts), peer];
    report(`${peerHosts} hosts, 40 containers each`, subjects, await inTurn(subjects, 3));

    console.log('\nmemory of enforce scan at most, and its time');
    for (const count of [10, 100, 1000, 5000].filter((count) => count <= hosts)) {
      const { wall, cpu, peak } = await once(scan(count));
      const each = (cpu / count).toFixed(1);
      console.log(
        `  ${String(count).padStart(5)} hosts  ${peak.toFixed(0)} MiB  ${(wall / 1000).toFixed(1)} s  ${each} ms of processor each`,
      );
    }
  }),
);
