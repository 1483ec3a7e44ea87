/** Names of the files in a checkpoint's folder. */
export const parametersFile = "parameters.safetensors";
export const velocitiesFile = "velocities.safetensors";
export const stateFile = "state.json";
