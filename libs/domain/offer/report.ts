import { Text } from '#lib/engine/model/shape.js';

/** One line of a step's report: which check, what it found, how to go on. */
export class ReportEntry {
  @Text({ example: 'Certification policy 1140.3' }) check!: string;
  @Text({ example: 'The app does not start without a network.' }) detail!: string;
  @Text({ example: 'Show a message instead of an empty page, then publish again.' }) whatToDo!: string;
}
