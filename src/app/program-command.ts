/**
 * What a person types before a command, for lines that are meant to be pasted: the installed program, or in a checkout
 * the npm script, which finds the right Node.js by itself.
 */
export const PROGRAM_COMMAND = import.meta.filename.endsWith('.ts') ? 'npm run -s nisus --' : 'nisus';
