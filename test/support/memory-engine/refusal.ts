/** The engine says no: an HTTP status and the words of the real engine. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The answer to every question about a container that is not there. */
export function noSuchContainer(reference: string, status = 404): Refusal {
  return new Refusal(status, `No such container: ${reference}`);
}
