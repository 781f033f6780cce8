import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFleet } from '../support/embedded-fleet.ts';
import { image } from '../support/memory-engine/images.ts';
import { service } from '../support/memory-engine/program.ts';
import { operatorOf, type Operator } from '../support/operator.ts';
import { serve, shopFleet, standing } from '../support/shop-fleet.ts';

describe('T7, a container that fills its log', () => {
  let fleet: EmbeddedFleet;
  let operator: Operator;
  beforeEach(async () => {
    const talkative = image(
      'shop/talk:1',
      { Cmd: ['/bin/talk'], ExposedPorts: { '80/tcp': {} } },
      { '/bin/talk': TALK },
    );
    fleet = await shopFleet(['web-1'], { 'web-1': { images: [talkative] } });
    operator = operatorOf(fleet);
  });
  afterEach(async () => {
    operator.leave();
    await fleet.close();
  });

  test('is put back when it fails: a log of 40 MB left it stopped, with its new container beside it', async () => {
    serve(fleet.engine('web-1'), 'web', 80, {}, { Image: 'shop/talk:1' });

    const { exitCode, stdout } = await operator.enforce('apply', '--yes');

    expect([exitCode, stdout]).toEqual([3, expect.stringMatching(/web {2}rolled back: the new container/)]);
    expect(standing(fleet.engine('web-1'))).toEqual(['web running 80']);
  });
});

const TALK = service({
  listens: ['80/tcp'],
  greeting: 'hello\r\n',
  needs: [{ capability: 'MKNOD', complaint: 'x'.repeat(40 * 1024 * 1024), otherwise: 'exits' }],
});
