const VCL = `vcl 4.1;
backend default none;
sub vcl_recv { return (synth(200, "hello from varnish")); }
`;

/** A cache whose manager starts workers in a jail of another user. */
export const service = {
  name: 'varnish',
  packages: ['varnish'],
  files: { '/etc/varnish/hello.vcl': VCL },
  entrypoint: ['varnishd', '-F', '-f', '/etc/varnish/hello.vcl', '-a', ':6081', '-s', 'malloc,16m', '-T', 'none'],
  deadline: 15,
  async work({ page, expect }) {
    expect((await page(6081)).text, /hello from varnish/);
  },
};
