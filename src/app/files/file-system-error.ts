import { NisusError } from '../../base/error.ts';

/** Thrown when the system refuses to read or write: disk full, no permission, a file system that is read-only. Code `FILE_SYSTEM`. */
export class FileSystemError extends NisusError {
  constructor(place: string, reason: string, remedy: string, cause: unknown) {
    super('FILE_SYSTEM', `${place}: ${reason}. ${remedy}`, { fields: { place, reason, cause: codeOf(cause) }, cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than is allowed',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EIO: 'the device failed',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOTDIR: 'part of the path is a file',
  EEXIST: 'a file is in the way',
  ENOENT: 'there is no such place',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
};

/**
 * What the file system refused, as an error for people; null where something else happened.
 *
 * @param folder where the work writes, for errors that name no path (writes to an open file)
 * @param remedy what to do about it
 */
export function asFileSystemError(
  error: unknown,
  folder: string | null = null,
  remedy = 'Remedy that and try again.',
): FileSystemError | null {
  if (error instanceof NisusError) return null;
  const reason = REASONS[codeOf(error) ?? ''];
  if (reason === undefined) return null;
  const { path, code } = error as NodeJS.ErrnoException;
  return new FileSystemError(path ?? folder ?? 'A file', `${reason} (${code})`, remedy, error);
}

function codeOf(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : null;
}
