/** One entry of a problem's `errors`. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export type ProblemKind = 'typed' | 'untyped';

/** A refusal of the API, thrown by endpoints and written out as `application/problem+json`. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  /** `Member Exists` and `Member In Compliance State` carry no `type` (recorded). */
  readonly kind: ProblemKind;

  constructor(status: number, title: string, detail: string, errors: readonly FieldError[] = [], kind: ProblemKind = 'typed') {
    super(`${status} ${title}`);
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.kind = kind;
  }

  /** As it stands in an answer; `instance` is the answer's `X-Request-Id`. */
  body(instance: string): Record<string, unknown> {
    return {
      ...(this.kind === 'typed' ? { type: 'https://mailchimp.com/developer/marketing/docs/errors/' } : {}),
      title: this.title,
      status: this.status,
      detail: this.detail,
      instance,
      ...(this.errors.length === 0 ? {} : { errors: this.errors }),
    };
  }
}

/** Not an answer at all: the service never replies to this request. */
export class NoAnswer extends Error {}

export function notFound(): Problem {
  return new Problem(404, 'Resource Not Found', 'The requested resource could not be found.');
}

export function invalidResource(detail: string, errors: readonly FieldError[] = []): Problem {
  return new Problem(400, 'Invalid Resource', detail, errors);
}

/** The wording that comes with an `errors` array (recorded). */
export function invalidFields(errors: readonly FieldError[]): Problem {
  return invalidResource("The resource submitted could not be validated. For field-specific details, see the 'errors' array.", errors);
}

export function blank(field: string): Problem {
  return invalidFields([{ field, message: 'This value should not be blank.' }]);
}

/** Of this simulator only: the real service might overlook it, but it is a slip of whoever sent it. */
export function strictly(field: string, message: string): Problem {
  return invalidFields([{ field, message: `${message} (strict mode of the simulator)` }]);
}

export function memberExists(address: string): Problem {
  const detail = `${address} is already a list member. Use PUT to insert or update list members.`;
  return new Problem(400, 'Member Exists', detail, [], 'untyped');
}

export function complianceState(address: string): Problem {
  const detail = `${address} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`;
  return new Problem(400, 'Member In Compliance State', detail, [], 'untyped');
}

export function forgottenAddress(address: string): Problem {
  const detail = `${address} was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.`;
  return new Problem(400, 'Forgotten Email Not Subscribed', detail);
}

export function tooManyConnections(): Problem {
  return new Problem(429, 'Too Many Requests', 'You have exceeded the limit of 10 simultaneous connections.');
}

export function internalError(status = 500): Problem {
  const detail = 'An unexpected internal error has occurred. Please contact Support for more information.';
  return new Problem(status, 'Internal Server Error', detail);
}
