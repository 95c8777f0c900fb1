/** A set-up step that could not be done, with what the reader can do about it. */
export class SetUpFailure extends Error {
  /**
   * @param {string} message what failed
   * @param {string} remedy what to do about it
   * @param {unknown} [cause]
   */
  constructor(message, remedy, cause) {
    super(message, { cause });
    this.name = 'SetUpFailure';
    this.remedy = remedy;
  }
}

/** What npm or the file system said, and what it means for the reader; the first that fits is used. */
const KNOWN = [
  {
    sign: /ENOSPC|no space left|EDQUOT/i,
    remedy: 'The disk is full. Free about 1 GB (the project folder and the npm cache need it), then run the same command again.',
  },
  {
    sign: /EACCES|EPERM|EROFS|permission denied|read-only file system/i,
    remedy:
      'This user may not write there. Give the project folder and the npm cache to the user who runs this, or run it from a copy of your own.',
  },
  {
    sign: /EINTEGRITY|sha512/i,
    remedy:
      'A downloaded package is not the one that was locked. Run `npm cache clean --force` and try again; if it repeats, do not trust this registry.',
  },
  {
    sign: /E404|ETARGET|ENOVERSIONS|404 not found/i,
    remedy: 'The npm registry in use lacks this package. `npm config get registry` says which one it is; a mirror may be behind.',
  },
  {
    sign: /E401|E403|ENEEDAUTH|authenticat/i,
    remedy: 'The npm registry in use asks for a login or refuses this package. `npm config get registry` says which one it is.',
  },
  {
    sign: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|network|CERT|certificate/i,
    remedy:
      'The npm registry could not be reached. Check the network and `npm config get registry` / `npm config get proxy`, then run the same command again.',
  },
  {
    sign: /EUSAGE|in sync/i,
    remedy: 'package.json and package-lock.json disagree. Run `npm install` and commit the lock file.',
  },
];

/**
 * The remedy for what npm or the file system said.
 * @param {string} said
 */
export function remedyFor(said) {
  return (
    KNOWN.find(({ sign }) => sign.test(said))?.remedy ??
    'The lines above are what was said. Run the same command again once that is mended.'
  );
}

/**
 * A file-system error as a set-up failure.
 * @param {string} doing what was being done, for example `writing .nisus`
 * @param {unknown} error
 */
export function fileFailure(doing, error) {
  const said = error instanceof Error ? error.message : String(error);
  return new SetUpFailure(`${doing} failed: ${said}`, remedyFor(said), error);
}
