import { busyboxImage } from '../support/memory-engine/images.ts';
import { MemoryEngine } from '../support/memory-engine/memory-engine.ts';
import { describeEngineContract } from './contract.ts';

describeEngineContract('the engine in memory', async () => {
  const image = busyboxImage();
  const engine = await MemoryEngine.open({ images: [image] });
  return {
    socketPath: engine.socketPath,
    image: 'enforce-test/busybox:1',
    prefix: 'contract-',
    pause: () => Promise.resolve(),
    close: () => engine.close(),
  };
});
