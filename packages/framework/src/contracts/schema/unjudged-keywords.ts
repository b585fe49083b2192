/** Keywords that narrow what fits, and that nothing here looks into: what is not the same in both schemas may not fit. */
export const UNJUDGED: readonly string[] = [
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'dependentRequired',
  'dependentSchemas',
  'unevaluatedItems',
  'unevaluatedProperties',
  '$dynamicRef',
];
