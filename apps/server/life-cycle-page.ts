import type { AnyLifeCycle, Move } from '#lib/domain/life-cycle.js';
import { lifeCycles } from '#lib/domain/life-cycles.js';

/** Where the page lies, from the project's folder. */
export const lifeCyclePath = 'infra/life-cycles.md';

/** The page that draws every life cycle, as Markdown with a diagram and a table each; ends with a line break. */
export function lifeCyclePage(): string {
  return `# Life cycles

How the status of each kind of stream may go: drawn from the tables \`life-cycle.ts\` of \`libs/domain\`, to which the tests hold the
deciders. What else happens leaves a status as it is. \`npm run reference\` writes this page.
${lifeCycles.map(section).join('')}`;
}

function section({ category, moves }: AnyLifeCycle): string {
  return `
## ${category}

\`\`\`mermaid
stateDiagram-v2
${[...names(moves)].map(([word, id]) => `  state "${word}" as ${id}`).join('\n')}
${moves.map(([from, event, to]) => `  ${idOf(from)} --> ${idOf(to)}: ${event}`).join('\n')}
\`\`\`
`;
}

/** Names of the diagram by status word; what is not there yet has a sign of its own. */
function names(moves: readonly Move[]): ReadonlyMap<string, string> {
  const words = moves.flatMap(([from, , to]) => [from, to]).filter((word) => word !== 'none');
  return new Map(words.map((word) => [word, idOf(word)]));
}

function idOf(word: string): string {
  return word === 'none' ? '[*]' : word.replaceAll(/\W+/g, '_');
}
