/** Name under which a flow of `flows/` stands in Import → Examples: `reference-flow.json` becomes `01 reference flow.json`, first in the list. */
export const exampleName = (flow: string): string => `01 ${flow.replaceAll('-', ' ')}`;
