// A device that sends and receives over HTTP, as any HTTP client would.
import { randomUUID } from "node:crypto";
import { basic } from "./logins.ts";
import { Inbox, within } from "./waiting.ts";

type Json = Record<string, unknown>;

/** One event of a stream. */
export interface DownEvent {
	readonly event: string;
	readonly data: unknown;
}

/** What PUT takes of such a device. */
const PHONE = {
	accept_protos: ["http"],
	idf_list: [["Color-I1", [null, null, null]]],
	odf_list: [["Color-O", [null, null, null]]],
	profile: { model: "Smartphone" },
};

export class HttpDevice {
	readonly #fetch: typeof fetch;

	private constructor(
		readonly id: string,
		readonly rev: string,
		readonly name: string,
		readonly password: string,
		readonly up: string,
		readonly down: string,
		fetching: typeof fetch,
	) {
		this.#fetch = fetching;
	}

	/** @param base Such as `http://127.0.0.1:9992`. @param headers Of the registration. */
	static async register(
		base: string,
		{ changes = {}, id = randomUUID() as string, headers = {}, fetching = fetch }: Options = {},
	): Promise<HttpDevice> {
		const response = await fetching(`${base}/${id}`, {
			method: "PUT",
			headers: { "content-type": "application/json", ...headers },
			body: JSON.stringify({ ...PHONE, ...changes }),
		});
		const { rev, name, password, up, down } = (await response.json()) as Record<string, string>;
		if (response.status !== 200) throw new Error(`PUT answered ${response.status}`);
		const texts = [rev, name, password, up, down].map(String) as [string, ...string[]];
		const [aRev, aName = "", aPassword = "", anUp = "", aDown = ""] = texts;
		return new HttpDevice(id, aRev, aName, aPassword, anUp, aDown, fetching);
	}

	/** The same device, where it asks another server. */
	at(base: string): HttpDevice {
		const [up, down] = ["up", "down"].map((end) => `${base}/da/${this.id}/${end}`);
		const { id, rev, name, password } = this;
		return new HttpDevice(id, rev, name, password, up ?? "", down ?? "", this.#fetch);
	}

	get login() {
		return { authorization: basic(this.id, this.password) };
	}

	/** Sends a body as it is, or lines of JSON. */
	async send(body: string | Uint8Array | readonly unknown[], headers: Record<string, string> = {}) {
		const isRaw = typeof body === "string" || body instanceof Uint8Array;
		const text = isRaw ? body : body.map((line) => JSON.stringify(line)).join("\n");
		const response = await this.#fetch(this.up, {
			method: "POST",
			headers: { ...this.login, ...headers },
			body: typeof text === "string" ? text : new Uint8Array(text),
		});
		const said = await response.text();
		return {
			status: response.status,
			headers: response.headers,
			json: (said === "" ? {} : JSON.parse(said)) as Json,
		};
	}

	/** Asks once. */
	async poll(query = "", headers: Record<string, string> = {}) {
		const response = await this.#fetch(this.down + query, {
			headers: { ...this.login, ...headers },
		});
		const text = await response.text();
		return { status: response.status, text, json: JSON.parse(text) as Json };
	}

	/** Opens a stream of events. */
	async listen(headers: Record<string, string> = this.login): Promise<DownStream> {
		const leaving = new AbortController();
		const response = await this.#fetch(this.down, {
			headers: { accept: "text/event-stream", ...headers },
			signal: leaving.signal,
		});
		if (response.status !== 200) throw new Error(`down answered ${response.status}`);
		return new DownStream(response, () => leaving.abort());
	}

	async deregister(base: string): Promise<number> {
		const response = await this.#fetch(`${base}/${this.id}`, {
			method: "DELETE",
			headers: { "content-type": "application/json", ...this.login },
			body: JSON.stringify({ rev: this.rev }),
		});
		return response.status;
	}
}

interface Options {
	readonly changes?: Json;
	readonly id?: string;
	readonly headers?: Record<string, string>;
	readonly fetching?: typeof fetch;
}

/** A stream of events that is read as it comes. */
export class DownStream {
	readonly inbox = new Inbox<DownEvent>();
	/** Resolves when the server has ended it. */
	readonly ended: Promise<void>;
	/** Comments, which keep it alive. */
	beats = 0;

	constructor(
		readonly response: Response,
		readonly leave: () => void,
	) {
		this.ended = this.#read(response).catch(() => {});
	}

	/** The data of the next event of that name. */
	async next(event: string): Promise<unknown> {
		const found = await this.inbox.take(`an event ${event}`, (one) => one.event === event);
		return found.data;
	}

	/** Waits for its end, by the server. */
	async end(): Promise<void> {
		await within(this.ended, "the end of a stream");
	}

	async #read(response: Response): Promise<void> {
		let rest = "";
		const decoder = new TextDecoder();
		for await (const piece of response.body ?? []) {
			rest += decoder.decode(piece, { stream: true });
			const blocks = rest.split("\n\n");
			rest = blocks.pop() ?? "";
			for (const block of blocks) {
				const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
				if (event === undefined || data === undefined) this.beats += 1;
				else this.inbox.add({ event, data: JSON.parse(data) });
			}
		}
	}
}
