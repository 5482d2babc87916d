/** It cannot be started like this. The message says what to do. */
export class StartRefusedError extends Error {}
