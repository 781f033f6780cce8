/** Gives itself a set by name (capset), which must be had though it is not used; it never sets the clock here (-x). */
export const service = {
  name: 'chrony',
  packages: ['chrony'],
  files: { '/etc/chrony/chrony.conf': 'local stratum 8\nallow\ndriftfile /var/lib/chrony/chrony.drift\n' },
  entrypoint: ['chronyd', '-d', '-x', '-u', '_chrony'],
  async work({ datagram, expect }) {
    const answer = await datagram(123, Buffer.concat([Buffer.from([0x23]), Buffer.alloc(47)]));
    expect(String(answer.length), /^48$/);
  },
};
