import type { SimulatedFailure, SimulatedRequest, SimulatedResponse, SimulatedService } from '../../src/simulator/service.ts';

type Answer = SimulatedResponse | SimulatedFailure | ((request: SimulatedRequest) => SimulatedResponse | SimulatedFailure);

/** A service that gives the answers it was told to, in order, the last one for ever, and keeps what it was asked. */
export class ScriptedService implements SimulatedService {
  readonly asked: SimulatedRequest[] = [];
  readonly #answers: Answer[];

  constructor(...answers: Answer[]) {
    this.#answers = answers;
  }

  async handle(request: SimulatedRequest): Promise<SimulatedResponse | SimulatedFailure> {
    this.asked.push(request);
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    if (answer === undefined) throw new Error('the script is empty');
    return typeof answer === 'function' ? answer(request) : answer;
  }

  save(): unknown {
    return null;
  }

  load(): void {}
}

export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): SimulatedResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

export const html = (status = 200): SimulatedResponse => ({ status, headers: { 'content-type': 'text/html' }, body: '<html>Critical error</html>' });
export const empty = (status: number, headers: Readonly<Record<string, string>> = {}): SimulatedResponse => ({ status, headers, body: '' });
