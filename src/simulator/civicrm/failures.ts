/** A call that CiviCRM refuses with an error object. */
export class ApiError extends Error {
  readonly status: 403 | 500;

  constructor(message: string, status: 403 | 500 = 500) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** A call that makes PHP itself fail: status 500 with an HTML page. */
export class PhpError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PhpError';
  }
}

/**
 * Something that CiviCRM does and this simulator does not: status 501 with a text that names it,
 * so that nobody takes a missing part of the simulator for an answer of CiviCRM.
 */
export class NotSimulated extends Error {
  constructor(what: string) {
    super(`The simulated CiviCRM does not know ${what} (docs/reference/simulated-civicrm.md)`);
    this.name = 'NotSimulated';
  }
}

export const authorizationFailed = (entity: string, action: string): ApiError => new ApiError(`Authorization failed: CiviCRM APIv4 (${entity}::${action})`, 403);
export const aclCheckFailed = (): ApiError => new ApiError('ACL check failed', 403);
export const invalidField = (name: string): ApiError => new ApiError(`Invalid field '${name}'`);
export const alreadyExists = (): ApiError => new ApiError('DB Error: already exists');
export const constraintViolation = (): ApiError => new ApiError('DB Error: constraint violation');
