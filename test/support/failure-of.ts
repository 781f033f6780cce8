import { EnforceError } from '../../src/model/errors.ts';

/** The error that a call ends with; a call that does not fail, or fails by accident, fails the test. */
export async function failureOf(call: () => unknown): Promise<EnforceError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof EnforceError) return error;
    throw error;
  }
  throw new Error('the call did not fail');
}
