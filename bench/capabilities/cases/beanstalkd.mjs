/** A queue that becomes another user by its own flag. */
export const service = {
  name: 'beanstalkd',
  packages: ['beanstalkd'],
  init: true,
  entrypoint: ['beanstalkd', '-l', '0.0.0.0', '-u', 'beanstalkd'],
  async work({ talk }) {
    await talk(11300, ['put 1 0 5 2\r\nhi\r\n', /INSERTED/, 'reserve\r\n', /hi/]);
  },
};
