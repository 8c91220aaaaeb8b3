import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from 'node-red';
import { SyncError } from '../../src/base/errors.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { catchableError } from './catchable-error.ts';
import { engineNode, type EngineUserDefinition, findEngineNode } from './engine-node.ts';
import { StatusDisplay } from './node-status.ts';

/** What goes out: one message on the first output, or one for each output. */
export type Outgoing = NodeMessage | (NodeMessage | null)[];

/** One message at a node that works with the engine. */
export interface Work {
  readonly engine: Engine;
  readonly message: NodeMessageInFlow;
  readonly status: StatusDisplay;
  /** Aborts when the node or its configuration closes. */
  readonly signal: AbortSignal;
  /** Sends, unless the node has been closed. */
  readonly send: (outgoing: Outgoing) => void;
  /** Reports the failure of a part of the work, with the message that Catch nodes get; the rest goes on. */
  readonly report: (error: unknown, message: NodeMessage) => void;
  readonly warn: (text: string) => void;
}

/** What a node does with each message, and what it answers when that fails before the engine can answer. */
export interface InputHandler {
  handle(work: Work): Promise<void>;
  /** Called with the error before it is reported; for nodes that owe somebody an answer. */
  failed?(message: NodeMessageInFlow, send: (outgoing: Outgoing) => void): void;
}

/**
 * Gives a node its input and close handlers. `done` is called once a message's work is durable; an error goes to
 * `done(error)` with its `code`, so that Catch nodes get it. Closing aborts what runs and waits for it; a closed node
 * neither sends nor reports.
 */
export function handleInputs(RED: NodeAPI, node: Node, definition: EngineUserDefinition, handler: InputHandler): void {
  const status = new StatusDisplay(RED, node);
  const closing = new AbortController();
  const running = new Set<Promise<void>>();

  const seen = (error: unknown): SyncError => catchableError(error, (text) => findEngineNode(RED, definition.config)?.redact(text) ?? text);

  const answer = async (message: NodeMessageInFlow, send: (outgoing: Outgoing) => void, done: (error?: Error) => void): Promise<void> => {
    const tools = {
      message,
      status,
      send: (outgoing: Outgoing): void => {
        if (!closing.signal.aborted) send(outgoing);
      },
      report: (error: unknown, about: NodeMessage): void => {
        if (!closing.signal.aborted) node.error(seen(error), about);
      },
      warn: (text: string): void => node.warn(text),
    };
    try {
      await engineNode(RED, definition.config).work(closing.signal, (engine, signal) => handler.handle({ ...tools, engine, signal }));
      if (!closing.signal.aborted) done();
    } catch (error) {
      if (closing.signal.aborted) return;
      const failure = seen(error);
      handler.failed?.(message, tools.send);
      status.failed(failure.code);
      done(failure);
    }
  };

  node.on('input', (message, send, done) => {
    const work = answer(message, send, done).finally(() => running.delete(work));
    running.add(work);
  });
  const close = async (done: () => void): Promise<void> => {
    closing.abort(new SyncError('aborted', 'The node was closed; the run goes on from here when it is started again.'));
    await Promise.allSettled(running);
    done();
  };
  node.on('close', (done: () => void) => void close(done));

  // Shown at once, not only with the first message.
  const problem = findEngineNode(RED, definition.config)?.problem ?? null;
  if (problem !== null) status.failed(problem.code);
}
