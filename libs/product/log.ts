import { pino, type Logger } from 'pino';

/** JSON logs on stdout, one line each. Instants as text; no host name, which tells nothing on one machine. */
export function createLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, errorKey: 'error' });
}
