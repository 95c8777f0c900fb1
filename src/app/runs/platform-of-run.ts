import path from 'node:path';
import { platformFolder, type PlatformFolder } from '../platform/platform-folder.ts';

/** The platform that a run was trained on. */
export function platformOfRun(folder: string, record: { readonly data: { readonly folder: string } }): PlatformFolder {
  return platformFolder(path.resolve(folder, record.data.folder));
}
