/** Shut into a folder as tftp. */
export const service = {
  name: 'tftpd',
  packages: ['tftpd-hpa'],
  files: { '/srv/tftp/hello.txt': 'hello of tftp\n' },
  entrypoint: ['in.tftpd', '-L', '--secure', '-u', 'tftp', '/srv/tftp'],
  async work({ client, expect }) {
    expect(await client('curl -sS --max-time 4 tftp://$HOST/hello.txt'), /hello of tftp/);
  },
};
