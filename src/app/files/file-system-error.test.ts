import { expect, test } from 'vitest';
import { NisusError } from '../../base/error.ts';
import { asFileSystemError } from './file-system-error.ts';

const errno = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: whatever`), { code, ...(path === undefined ? {} : { path }) });

test.each([
  ['ENOSPC', /disk is full/],
  ['EFBIG', /larger than is allowed/],
  ['EROFS', /read-only/],
  ['EDQUOT', /quota/],
])('%s names the place, the reason and the way on', (code, reason) => {
  const error = asFileSystemError(errno(code), '/runs/a', 'Go on.')!;
  expect(error.code).toBe('FILE_SYSTEM');
  expect(error.message).toMatch(/^\/runs\/a: .*\. Go on\.$/);
  expect(error.message).toMatch(reason);
});

test('the path of the error itself counts before that of the work', () => {
  expect(asFileSystemError(errno('EACCES', '/runs/a/run.lock'), '/runs/a')!.message).toMatch(/^\/runs\/a\/run\.lock: permission/);
});

test('what is no refusal of the file system stays what it is', () => {
  expect(asFileSystemError(new TypeError('x'))).toBeNull();
  expect(asFileSystemError(errno('ECONNRESET'))).toBeNull();
  expect(asFileSystemError(new NisusError('RUN_BUSY', 'x', { cause: errno('ENOSPC') }))).toBeNull();
});
