import { fileURLToPath } from 'node:url';

/** The path of a folder that is given as a path or as a `file:` URL, which may be a text too. */
export function folderPath(folder: string | URL): string {
  return folder instanceof URL || folder.startsWith('file:') ? fileURLToPath(folder) : folder;
}
