/** The same, and prints the whole table: `npm run rules`. */
import RulesReporter from './reporter.mjs';
import { linesOf } from './table.mjs';

export default class TableReporter extends RulesReporter {
  report(table) {
    console.log(`\n${linesOf(table).join('\n')}\n`);
    super.report(table);
  }
}
