/** The key under which files of ours keep a model that the zoo does not have (`formatModel`). */
export const definitionKey = "definition";
