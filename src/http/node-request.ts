import { connect, isIP, type Socket } from "node:net";
import { whyOf } from "./forward-refusals.ts";

/** A request to another node. */
export interface NodeQuestion {
	readonly method: string;
	/** With what follows `?`. */
	readonly path: string;
	readonly headers: Headers;
	/** Undefined: it has no body. */
	readonly content: Uint8Array | undefined;
	/** How long the node may be silent, milliseconds. */
	readonly silenceMs: number;
	/** Ends it, also while its answer is being read. */
	readonly signal: AbortSignal;
}

/** The node could not be reached: nothing was sent. */
export class NotReachedError extends Error {
	override readonly name = "NotReachedError";
}

const CONNECT_MS = 2000;
const MAX_HEAD_BYTES = 64 << 10;
/** Of an answer, before its reader takes them. */
const MAX_UNREAD_BYTES = 64 << 10;
const LEFT = "the client has left";
const HEAD_END = "\r\n\r\n";
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;
/** Fields of an answer that are about the connection it came by. */
const OF_CONNECTION = ["connection", "content-length", "date", "keep-alive", "transfer-encoding"];
const WITHOUT_CONTENT = [204, 304];

/**
 * Asks another node, over a connection of its own: `fetch` sends no more than 256 requests at once, and each that waits
 * or listens takes one. As HTTP/1.0, whose answers end with the connection.
 * @param base Where the node is, such as `http://10.0.0.2:9992`.
 * @returns its answer, with content as it comes; one that is broken off before its end throws while it is read.
 * @throws NotReachedError when nothing was sent; Error when there was no answer.
 */
export async function askNode(base: string, question: NodeQuestion): Promise<Response> {
	const { signal, silenceMs } = question;
	if (signal.aborted) throw new NotReachedError(LEFT);
	const socket = await reach(base, signal);
	socket.setTimeout(silenceMs, () => socket.destroy(new Error("the node does not answer")));
	const answer = new NodeAnswer(socket, question).response;
	socket.write(headOf(question), "latin1");
	if (question.content !== undefined) socket.write(question.content);
	return await answer;
}

async function reach(base: string, signal: AbortSignal): Promise<Socket> {
	const { protocol, hostname, port } = new URL(base);
	const host = hostname.replaceAll(/[[\]]/g, "");
	const isEncrypted = protocol === "https:";
	const at = { host, port: Number(port) || (isEncrypted ? 443 : 80) };
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const socket = isEncrypted ? connectEncrypted(at) : connect(at);
	const abort = () => leave(socket);
	signal.addEventListener("abort", abort, { once: true });
	const late = () => socket.destroy(new Error("the node cannot be reached"));
	socket.setTimeout(CONNECT_MS, late);
	socket.once(isEncrypted ? "secureConnect" : "connect", () => {
		socket.off("timeout", late);
		resolve();
	});
	socket.once("close", () => {
		signal.removeEventListener("abort", abort);
		reject(new NotReachedError(signal.aborted ? LEFT : "the node closed the connection"));
	});
	socket.on("error", (error) => reject(new NotReachedError(whyOf(error, ""))));
	await promise;
	return socket;
}

/** A node takes the end of what is sent for a request that waits for its answer (`nc -N`): this is none. */
function leave(socket: Socket): void {
	if ("encrypted" in socket) socket.destroy();
	else socket.resetAndDestroy();
}

/** Loads what it takes: most nodes reach each other by plain HTTP. */
function connectEncrypted(at: { host: string; port: number }): Socket {
	const tls = process.getBuiltinModule("node:tls");
	return tls.connect({ ...at, ...(isIP(at.host) === 0 && { servername: at.host }) });
}

function headOf({ method, path, headers, content }: NodeQuestion): string {
	const length = content === undefined ? [] : [`content-length: ${content.byteLength}`];
	const fields = [...headers].map(([name, value]) => `${name}: ${value}`);
	return [`${method} ${path} HTTP/1.0`, ...fields, ...length, "", ""].join("\r\n");
}

/** What comes over a connection, as a response. */
class NodeAnswer {
	readonly #socket: Socket;
	readonly #question: NodeQuestion;
	readonly #whole = Promise.withResolvers<Response>();
	/** What has come of the head; undefined: it is read. */
	#head: Buffer | undefined = Buffer.alloc(0);
	#content: ReadableStreamDefaultController<Uint8Array> | undefined;
	/** Bytes that are still to come; undefined: until the connection ends. */
	#missing: number | undefined;
	#error: Error | undefined;

	constructor(socket: Socket, question: NodeQuestion) {
		this.#socket = socket;
		this.#question = question;
		socket.on("data", (piece: Buffer) => this.#take(piece));
		socket.on("error", (error) => {
			this.#error = error;
		});
		socket.on("close", () => this.#end());
	}

	/** @throws Error when the connection ends, or something else than an answer comes. */
	get response(): Promise<Response> {
		return this.#whole.promise;
	}

	#take(piece: Buffer): void {
		if (this.#head === undefined) {
			this.#pass(piece);
			return;
		}
		this.#head = Buffer.concat([this.#head, piece]);
		const end = this.#head.indexOf(HEAD_END);
		if (end < 0 && this.#head.length <= MAX_HEAD_BYTES) return;
		const head = this.#head.subarray(0, Math.max(0, end)).toString("latin1");
		const rest = this.#head.subarray(end + HEAD_END.length);
		const [, status] = STATUS_LINE.exec(head) ?? [];
		if (end < 0 || status === undefined) {
			this.#socket.destroy(new Error("what answers is not a node"));
			return;
		}
		try {
			this.#begin(Number(status), fieldsOf(head));
		} catch {
			this.#socket.destroy(new Error("what answers is not a node"));
			return;
		}
		this.#head = undefined;
		if (rest.length > 0) this.#pass(rest);
	}

	#begin(status: number, headers: Headers): void {
		const length = headers.get("content-length");
		this.#missing = length === null ? undefined : Number(length);
		for (const name of OF_CONNECTION) headers.delete(name);
		if (WITHOUT_CONTENT.includes(status) || this.#question.method === "HEAD") {
			this.#missing = 0;
			this.#whole.resolve(new Response(null, { status, headers }));
			return;
		}
		const stream = new ReadableStream<Uint8Array>(
			{
				start: (content) => {
					this.#content = content;
				},
				pull: () => void this.#socket.resume(),
				cancel: () => {
					this.#content = undefined;
					leave(this.#socket);
				},
			},
			{ highWaterMark: MAX_UNREAD_BYTES, size: (piece) => piece?.byteLength ?? 0 },
		);
		this.#whole.resolve(new Response(stream, { status, headers }));
	}

	#pass(piece: Buffer): void {
		const content = this.#content;
		if (this.#missing !== undefined) this.#missing -= piece.length;
		if (content === undefined) return;
		content.enqueue(new Uint8Array(piece));
		// A client that does not keep up holds up the node, which then decides.
		if ((content.desiredSize ?? 0) <= 0) this.#socket.pause();
	}

	#end(): void {
		const isCut = this.#missing !== undefined && this.#missing > 0;
		const error = this.#error ?? (isCut ? new Error("the node's answer was cut off") : undefined);
		if (this.#head !== undefined) {
			const isLeft = this.#question.signal.aborted;
			this.#whole.reject(error ?? new Error(isLeft ? LEFT : "the node closed the connection"));
			return;
		}
		const { signal } = this.#question;
		// A stream that this side ends is not cut off.
		if (error === undefined || (signal.aborted && !isCut)) this.#content?.close();
		else this.#content?.error(signal.aborted ? signal.reason : error);
		this.#content = undefined;
	}
}

function fieldsOf(head: string): Headers {
	const headers = new Headers();
	for (const line of head.split("\r\n").slice(1)) {
		const colon = line.indexOf(":");
		if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
	}
	return headers;
}
