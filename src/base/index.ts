/** The ground floor, for those who use a wing from outside: what every wing is handed, and the base of every error. */
export { manualClock, type Clock } from './clock.ts';
export { NisusError } from './error.ts';
export { silentLogger, type Logger } from './logger.ts';
export { createRandom, restoreRandom, type Random } from './random.ts';
