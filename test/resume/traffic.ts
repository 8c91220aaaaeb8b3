import type { SimulatedRequest } from '../../src/simulator/service.ts';
import type { RunningSimulators } from '../../src/simulator/simulators.ts';

/** A write that a service took, with its body. */
export interface Written {
  readonly what: string;
  readonly body: string;
}

/** Listens to what both services are asked, and keeps what they took. */
export class Traffic {
  /** Writes to members, singly or in batches. */
  readonly toMembers: Written[] = [];
  /** Ids of operations that batches held. */
  readonly operations: string[] = [];
  readonly toCivicrm: Written[] = [];
  /** Called with each request before it is handled. */
  arrives: (what: string) => void = () => undefined;

  constructor({ mailchimp, civicrm }: Pick<RunningSimulators, 'mailchimp' | 'civicrm'>) {
    const answerMailchimp = mailchimp.handle.bind(mailchimp);
    const answerCivicrm = civicrm.handle.bind(civicrm);
    mailchimp.handle = async (request) => {
      this.arrives(`${request.method} ${request.path}`);
      const response = await answerMailchimp(request);
      if (!('failure' in response) && response.status < 400) this.#keep(request);
      return response;
    };
    civicrm.handle = (request) => {
      this.arrives(`${request.method} ${request.path}`);
      if (!/\/get[A-Za-z]*$/.test(request.path)) this.toCivicrm.push({ what: request.path, body: Buffer.from(request.body).toString() });
      return answerCivicrm(request);
    };
  }

  #keep({ method, path, body }: SimulatedRequest): void {
    if (method === 'GET') return;
    const text = Buffer.from(body).toString();
    if (path !== '/3.0/batches') {
      this.toMembers.push({ what: `${method} ${path}`, body: text });
      return;
    }
    for (const operation of (JSON.parse(text) as { operations: { method: string; path: string; body?: string; operation_id: string }[] }).operations) {
      this.operations.push(operation.operation_id);
      this.toMembers.push({ what: `${operation.method} /3.0${operation.path}`, body: operation.body ?? '' });
    }
  }
}
