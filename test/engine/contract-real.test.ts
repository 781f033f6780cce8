import { setTimeout as pause } from 'node:timers/promises';
import { describeReal, realEngine } from '../support/real-engine.ts';
import { describeEngineContract } from './contract.ts';

describeReal('on this machine', () => {
  describeEngineContract('the real engine', async () => {
    const engine = realEngine('contract');
    return {
      socketPath: engine.socketPath,
      image: await engine.busyboxImage(),
      prefix: engine.prefix,
      pause: () => pause(50),
      close: () => engine.cleanUp(),
    };
  });
});
