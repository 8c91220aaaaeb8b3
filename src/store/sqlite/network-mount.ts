import { readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';

/** File systems that several machines share: https://www.sqlite.org/wal.html needs shared memory, which they lack. */
const NETWORK = /^(nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|glusterfs|lustre|fuse\.(sshfs|s3fs|glusterfs|ceph|rclone))$/;

/** A note for the log when a store's file lies on a network mount; null when it does not, or when nobody can tell. */
export const networkMountNote = async (file: string): Promise<string | null> => {
  try {
    const [folder, mounts] = await Promise.all([realpath(dirname(file)), readFile('/proc/mounts', 'utf8')]);
    const kind = fileSystemOf(folder, mounts);
    if (kind === null || !NETWORK.test(kind)) return null;
    return `The store ${file} lies on a network mount (${kind}), where SQLite can damage it: put it on a local disk, or use the mysql store.`;
  } catch {
    // No /proc (not Linux), or no such folder, which opening the file reports.
    return null;
  }
};

/** The kind of file system that holds a folder, by the text of /proc/mounts; null when no mount holds it. */
export const fileSystemOf = (folder: string, mounts: string): string | null => {
  let longest = '';
  let kind: string | null = null;
  for (const line of mounts.split('\n')) {
    const [, written = '', type = ''] = line.split(' ');
    const point = written.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    const holds = folder === point || folder.startsWith(point.endsWith('/') ? point : `${point}/`);
    // Of two mounts on one point the later hides the earlier.
    if (point === '' || !holds || point.length < longest.length) continue;
    longest = point;
    kind = type;
  }
  return kind;
};
