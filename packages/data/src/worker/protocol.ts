/** What a pool sends a worker. */
export interface WorkerRequest<T> {
  readonly id: number;
  readonly task: T;
}

/** What a worker sends back: the result, or the error that making it ended in. */
export type WorkerReply<T> =
  | { readonly id: number; readonly result: T }
  | { readonly id: number; readonly error: unknown };
