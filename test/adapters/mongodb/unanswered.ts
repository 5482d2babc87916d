import type { MongoDouble } from '../../doubles/mongodb/mongo-double.js';

/** More than are sent before whoever asks gives up. */
const many = 500;

/** The next command of this name is applied, and neither it nor any repetition gets an answer. */
export function leaveUnanswered({ faults }: MongoDouble, command: string): void {
  void faults.next(command, { close: 'after applying' });
  for (let n = 0; n < many; n += 1) void faults.next(command, { close: 'before applying' });
}

export function answerAgain({ faults }: MongoDouble, command: string): void {
  while (faults.take(command)) continue;
}
