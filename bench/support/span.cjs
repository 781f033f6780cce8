// Preloaded into enforce: writes to $BENCH_SPAN how long it took from connecting to the last byte that came.
const { writeFileSync } = require('node:fs');
const { Socket } = require('node:net');

const connect = Socket.prototype.connect;
let begun;
let last = 0;
Socket.prototype.connect = function (...words) {
  begun ??= performance.now();
  this.on('data', () => (last = performance.now()));
  return connect.apply(this, words);
};
process.on('exit', () => writeFileSync(process.env.BENCH_SPAN, String(last - begun)));
