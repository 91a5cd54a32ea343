/** Callers that wait their turn, in the order in which they came. */
export type WaitingLine = {
  /** Resolves when let in; rejects with the signal's reason when aborted before. */
  stand(signal?: AbortSignal): Promise<void>;
  /** Lets in from the front as long as `mayEnter` says so; it is asked once per caller and takes the place for it. */
  letIn(mayEnter: () => boolean): void;
  /** Sends everybody away with this error. */
  disband(error: Error): void;
  isEmpty(): boolean;
};

type Waiter = { readonly enter: () => void; readonly leave: (reason: unknown) => void };

export function createWaitingLine(): WaitingLine {
  const waiters = new Set<Waiter>();

  function stand(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => waiter.leave(signal?.reason);
      const waiter: Waiter = {
        enter: () => {
          waiters.delete(waiter);
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        leave: (reason) => {
          waiters.delete(waiter);
          signal?.removeEventListener('abort', onAbort);
          reject(reason);
        },
      };
      waiters.add(waiter);
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted) onAbort();
    });
  }

  return {
    stand,
    letIn(mayEnter) {
      for (const waiter of waiters) {
        if (!mayEnter()) return;
        waiter.enter();
      }
    },
    disband(error) {
      for (const waiter of waiters) waiter.leave(error);
    },
    isEmpty: () => waiters.size === 0,
  };
}
