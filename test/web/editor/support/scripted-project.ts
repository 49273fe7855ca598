// A server as an open project meets it: its streams and answers are written by the test.
import type { ProjectDocument, ProjectEvents } from "../../../../src/contract/mod.ts";
import type { ProjectDeps } from "../../../../src/web/editor/project/deps.ts";
import type { Answer, Method } from "../../../../src/web/editor/server/ask.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { until } from "../../../support/waiting.ts";

export const ANN = { u_id: 1, u_name: "ann" };
export const BOB = { u_id: 2, u_name: "bob" };

export function documentOf(rev: number, fields: Partial<ProjectDocument> = {}): ProjectDocument {
	const nothing = { blocks: [], joins: [] };
	const head = { p_id: 3, p_name: "lamp", u_id: ANN.u_id, status: "on", sim: "off" } as const;
	return { ...head, rev, ...nothing, ...fields };
}

/** The first event of a stream. */
export function everything(
	document: ProjectDocument,
	more: Partial<ProjectEvents["project"]> = {},
): ProjectEvents["project"] {
	return { document, presence: [], links: [], values: [], people: [ANN], ...more };
}

/** A stream the page has opened. */
export class ScriptedStream {
	readonly response: Response;
	readonly #encoder = new TextEncoder();
	#controller: ReadableStreamDefaultController<Uint8Array> | undefined;

	constructor(readonly signal: AbortSignal) {
		const body = new ReadableStream<Uint8Array>({
			start: (controller) => {
				this.#controller = controller;
			},
		});
		signal.addEventListener("abort", () => this.#controller?.error(new Error("aborted")));
		this.response = new Response(body);
	}

	tell<K extends keyof ProjectEvents>(name: K, data: ProjectEvents[K]): void {
		this.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
	}

	write(text: string): void {
		this.#controller?.enqueue(this.#encoder.encode(text));
	}

	end(): void {
		this.#controller?.close();
	}
}

interface Asked {
	readonly method: Method;
	readonly path: string;
	readonly body: unknown;
	answer(answer: Answer<object>): void;
}

export class ScriptedServer {
	readonly clock = new ManualClock();
	readonly streams: ScriptedStream[] = [];
	readonly asked: Asked[] = [];
	/** Answers a stream in place of a new one. */
	refuse: (() => Response) | undefined;
	isHidden = false;
	/** What `GET` answers; undefined: the server cannot be reached. */
	document: ProjectDocument | undefined = documentOf(1);
	may = "own";
	steps = { can_undo: false, can_redo: false };
	#hear: Parameters<ProjectDeps["page"]["onChange"]>[0] = () => {};

	readonly deps: ProjectDeps = {
		ask: <T>(method: Method, path: string, body?: unknown) => this.#ask<T>(method, path, body),
		open: async (_path, signal) => {
			if (this.refuse !== undefined) return this.refuse();
			const stream = new ScriptedStream(signal);
			this.streams.push(stream);
			return stream.response;
		},
		clock: {
			now: () => this.clock.now(),
			date: () => new Date(this.clock.now()),
			after: (ms, call) => this.clock.after(ms, call),
		},
		page: {
			isHidden: () => this.isHidden,
			onChange: (hear) => {
				this.#hear = hear;
				return () => {
					this.#hear = () => {};
				};
			},
		},
		random: () => 1,
		reader: () => ANN.u_id,
	};

	/** Something happens to the page. */
	page(what: "visibility" | "online" | "offline"): void {
		this.#hear(what);
	}

	/** The stream that is opened as the `count`th. */
	async stream(count = 1): Promise<ScriptedStream> {
		await until(() => this.streams.length >= count, `stream ${count}`);
		const stream = this.streams[count - 1];
		if (stream === undefined) throw new Error(`No stream ${count}`);
		return stream;
	}

	/** The next request that was not answered. */
	async request(path: string): Promise<Asked> {
		await until(() => this.asked.some((one) => one.path.endsWith(path)), path);
		const index = this.asked.findIndex((one) => one.path.endsWith(path));
		const [found] = this.asked.splice(index, 1);
		if (found === undefined) throw new Error(`No request ${path}`);
		return found;
	}

	#ask<T>(method: Method, path: string, body: unknown): Promise<Answer<T>> {
		if (method === "GET") {
			const { document: project, may, steps } = this;
			const answer: Answer<unknown> =
				project === undefined
					? { ok: false, status: 0, reason: "no contact", details: {} }
					: { ok: true, body: { project, may, ...steps } };
			return Promise.resolve(answer as Answer<T>);
		}
		const { promise, resolve } = Promise.withResolvers<Answer<T>>();
		const answer = (given: Answer<object>) => resolve(given as Answer<T>);
		this.asked.push({ method, path, body, answer });
		return promise;
	}
}
