import { useEffect, useRef } from "preact/hooks";
import type { App } from "../app-context.ts";
import { browserStorage, Drafts } from "./drafts.ts";
import { FunctionWork } from "./function-work.ts";
import { type FunctionServer, functionsOf, type Stage } from "./functions-server.ts";

export interface UseWorkOptions {
	readonly app: App;
	readonly fnId: number | undefined;
	readonly stage: Stage;
	readonly wire: readonly string[];
	readonly onSaved: (saved: { readonly fnId: number; readonly name: string }) => void;
}

/** The work on one function: another one for another function, the same when a new one gets its id. */
export function useWork(options: UseWorkOptions): {
	readonly work: FunctionWork;
	readonly server: FunctionServer;
} {
	const newest = useRef(options);
	newest.current = options;
	const held = useRef<{ readonly work: FunctionWork; readonly server: FunctionServer }>(undefined);
	if (held.current?.work.isFor(options.fnId) !== true) {
		const { app, fnId, stage, wire } = options;
		const server = functionsOf(app.ask);
		const drafts = new Drafts(browserStorage(), app.session.person.peek().u_id);
		const onSaved: UseWorkOptions["onSaved"] = (saved) => newest.current.onSaved(saved);
		const { clock } = app;
		held.current = {
			server,
			work: new FunctionWork({ server, drafts, clock, fnId, stage, wire, onSaved }),
		};
	}
	const { work, server } = held.current;
	useEffect(() => {
		void work.load();
		const flush = () => work.draft.flush();
		addEventListener("pagehide", flush);
		return () => {
			removeEventListener("pagehide", flush);
			work.end();
		};
	}, [work]);
	return { work, server };
}
