/** A streaming server that drops root where its configuration says so. */
export const service = {
  name: 'icecast2',
  packages: ['icecast2'],
  setup: `sed -i 's#</security>#<changeowner><user>icecast2</user><group>icecast</group></changeowner></security>#' \\
  /etc/icecast2/icecast.xml
`,
  entrypoint: ['icecast2', '-c', '/etc/icecast2/icecast.xml'],
  async work({ page, expect }) {
    expect((await page(8000, { path: '/status-json.xsl' })).text, /icestats/);
  },
};
