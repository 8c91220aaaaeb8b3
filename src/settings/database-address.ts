/** How a connection to a database is secured; the names are those of MySQL's own clients (`ssl-mode`). */
type TlsMode = 'DISABLED' | 'REQUIRED' | 'VERIFY_CA' | 'VERIFY_IDENTITY';

/** What the address of a MySQL or MariaDB database says. Files are not read here. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  /** Path of a socket on this machine, in place of host and port. */
  readonly socket: string | null;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tlsMode: TlsMode;
  /** Paths of PEM files. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** How many connections are open at the most. */
  readonly connections: number;
}

const DEFAULT_PORT = 3306;
const DEFAULT_CONNECTIONS = 4;
const MOST_CONNECTIONS = 64;
const TLS_MODES: readonly string[] = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] satisfies readonly TlsMode[];
const PARAMETERS = ['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key', 'socket', 'connections'];

/** Reads `mysql://user:password@host:port/database?ssl-mode=…`; else what was expected instead, without any part of the address. */
export const readDatabaseAddress = (url: string): DatabaseAddress | { readonly problem: string } => {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || (parsed.protocol !== 'mysql:' && parsed.protocol !== 'mariadb:') || parsed.hostname === '') {
    return {
      problem:
        'expected an address such as "mysql://user:password@host/database", found something else; ' +
        'characters such as @ / : # in the password have to be written as %40 %2F %3A %23',
    };
  }
  const name = decoded(parsed.pathname.slice(1));
  if (name === '') return { problem: 'the name of the database is missing at the end of the address' };
  const parameters = parsed.searchParams;
  const unknown = [...parameters.keys()].find((key) => !PARAMETERS.includes(key));
  if (unknown !== undefined) return { problem: `expected only ${PARAMETERS.join(', ')} after "?", found ${JSON.stringify(unknown)}` };
  const tlsMode = parameters.get('ssl-mode') ?? (parameters.has('ssl-ca') ? 'VERIFY_IDENTITY' : 'DISABLED');
  if (!isTlsMode(tlsMode)) return { problem: `expected "ssl-mode" to be one of ${TLS_MODES.join(', ')}` };
  const connections = Number(parameters.get('connections') ?? DEFAULT_CONNECTIONS);
  if (!Number.isInteger(connections) || connections < 1 || connections > MOST_CONNECTIONS) {
    return { problem: `expected "connections" to be a whole number from 1 to ${MOST_CONNECTIONS}` };
  }
  return {
    // An IPv6 address stands in brackets in a URL, and without them everywhere else.
    host: parsed.hostname.replace(/^\[(.*)\]$/u, '$1'),
    port: parsed.port === '' ? DEFAULT_PORT : Number(parsed.port),
    socket: parameters.get('socket'),
    user: decoded(parsed.username),
    password: decoded(parsed.password),
    database: name,
    tlsMode,
    ca: parameters.get('ssl-ca'),
    cert: parameters.get('ssl-cert'),
    key: parameters.get('ssl-key'),
    connections,
  };
};

const isTlsMode = (text: string): text is TlsMode => TLS_MODES.includes(text);

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare % that encodes nothing: a person wrote the password as it is.
    return text;
  }
};
