import {
	createServer,
	type IncomingMessage,
	type RequestListener,
	type Server,
	type ServerOptions,
	type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex, Readable } from "node:stream";
import { ListenError } from "../kit/mod.ts";
import type { TlsKeys } from "../tls/mod.ts";
import { type Exchange, Exchanges, onOver } from "./exchanges.ts";
import { NO_PROXY, NOT_HTTP } from "./last-answers.ts";
import { Reply } from "./replies.ts";

/** One HTTP request as it came over the wire. */
export interface Incoming {
	readonly method: string;
	/** Of HTTP, such as `1.1`. */
	readonly version: string;
	/** What stands in the request line: usually a path. */
	readonly target: string;
	/** Names and values by turns, as they came. */
	readonly headers: readonly string[];
	readonly body: Readable;
	/** Calls, perhaps more than once, when it is answered, or the client has left. */
	onOver(listener: () => void): void;
	/** Addresses of both ends of the connection. */
	readonly remoteAddress: string;
	readonly localAddress: string;
}

export interface HttpListenerOptions {
	readonly bind: string;
	readonly tls: (() => TlsKeys) | undefined;
	/** The setting its port comes from, for people to change. */
	readonly portSetting?: string;
	/** Silence after which a connection is closed. */
	readonly idleTimeoutMs?: number;
}

const PORT_SETTING = "http-port in [core]";

const IDLE_TIMEOUT_MS = 30_000;
const MAX_HEADER_BYTES = 16 << 10;

/**
 * Listens for HTTP with `node:http`. `Bun.serve` drops an answer that is still being worked on when bytes follow the
 * request: a line end behind the body (Arduino's `println`), a pipelined request, trailers (`docs/adr/0012-http-on-node-http.md`).
 */
export class HttpListener {
	readonly #server: Server;
	readonly #answer: (incoming: Incoming) => Promise<Response>;
	readonly #idleTimeoutMs: number;
	readonly #exchanges = new Exchanges();
	#isClosing = false;

	/**
	 * Starts to listen.
	 * @param answer Must not throw.
	 * @throws ListenError when the port is not available.
	 */
	constructor(
		{ bind, tls, portSetting = PORT_SETTING, idleTimeoutMs = IDLE_TIMEOUT_MS }: HttpListenerOptions,
		port: number,
		answer: (incoming: Incoming) => Promise<Response>,
	) {
		this.#answer = answer;
		this.#idleTimeoutMs = idleTimeoutMs;
		const listener: RequestListener = (incoming, outgoing) => void this.#serve(incoming, outgoing);
		const limits = { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 0 };
		const times = { keepAliveTimeout: idleTimeoutMs, headersTimeout: idleTimeoutMs };
		// The runtime would refuse a request without `Host` ahead of answers that are still being worked on.
		const options = { ...limits, ...times, requireHostHeader: false };
		this.#server =
			tls === undefined
				? createServer(options, listener)
				: createTlsServer({ ...options, ...tls() }, listener);
		// A client that closes its side behind the request (`nc -N`) waits for the answer on the other.
		Object.assign(this.#server, { httpAllowHalfOpen: true });
		this.#server.setTimeout(idleTimeoutMs, (socket) => socket.destroy());
		this.#server.on("clientError", (_error, socket) => this.#refuse(socket, NOT_HTTP));
		this.#server.on("connect", (_incoming, socket) => this.#refuse(socket, NO_PROXY));
		this.#server.on("error", () => {});
		this.#server.listen(port, bind);
		// It is bound at once, but tells only later why it could not be.
		if (this.#address === undefined)
			throw whyNot(tls === undefined ? "HTTP" : "HTTPS", { bind, port, setting: portSetting });
	}

	get port(): number | undefined {
		return this.#address?.port;
	}

	/** Takes no more connections; resolves when the last one is closed. */
	async stop(closesAll = false): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#isClosing = true;
		this.#server.close(() => resolve());
		if (closesAll) this.#server.closeAllConnections();
		else this.#server.closeIdleConnections();
		await promise;
	}

	get #address(): AddressInfo | undefined {
		const address = this.#server.address();
		return address === null || typeof address === "string" ? undefined : address;
	}

	/** Refuses what is not a request, or not one to this server, after the answers to what came before it. */
	#refuse(socket: Duplex, refusal: string): void {
		this.#exchanges.afterAll(socket, () => {
			if (socket.writable) socket.end(refusal);
			else if (socket.writableFinished) socket.destroy();
			else socket.once("finish", () => socket.destroy());
		});
	}

	async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
		incoming.on("error", () => {});
		outgoing.on("error", () => {});
		const exchange = { incoming, outgoing };
		const turn = this.#exchanges.add(exchange);
		try {
			if (turn !== undefined) await turn;
			if (!this.#exchanges.answers(incoming.socket)) {
				outgoing.destroy();
				return;
			}
			const body = this.#exchanges.bodyOf(exchange);
			await this.#send(await this.#answer(read(exchange, body)), exchange);
		} catch {
			// The connection is gone, or the runtime does not take a method or an answer's field.
			outgoing.destroy();
		}
	}

	async #send(response: Response, exchange: Exchange): Promise<void> {
		if (response instanceof Reply) {
			this.#sendWhole(response.status, [...response.fields], response.content ?? "", exchange);
			return;
		}
		const fields = [...response.headers].flat();
		if (response.headers.get("content-type") !== "text/event-stream") {
			const content = new Uint8Array(await response.arrayBuffer());
			this.#sendWhole(response.status, fields, content, exchange);
			return;
		}
		this.#writeHead(response.status, fields, exchange);
		// The runtime counts only what comes in as a sign of life.
		await pump(response, exchange.outgoing, () =>
			exchange.incoming.socket.setTimeout(this.#idleTimeoutMs),
		);
		// Its head was sent before the stop, and promised to keep the connection.
		if (this.#isClosing) exchange.incoming.socket.end();
	}

	#sendWhole(
		status: number,
		fields: string[],
		content: string | Uint8Array,
		exchange: Exchange,
	): void {
		// The router has counted already what it leaves out of the answer to a HEAD.
		if (status !== 204 && status !== 304 && !fields.includes("content-length")) {
			fields.push("Content-Length", String(Buffer.byteLength(content)));
		}
		this.#writeHead(status, fields, exchange);
		exchange.outgoing.end(exchange.incoming.method === "HEAD" ? undefined : content);
	}

	#writeHead(status: number, fields: string[], { incoming, outgoing }: Exchange): void {
		// What is left of a body that was not read would be in the way of the next request.
		if (this.#isClosing || !incoming.complete) {
			fields.push("Connection", "close");
			this.#exchanges.end(incoming.socket);
		}
		outgoing.writeHead(status, fields);
	}
}

/** Loads what it takes: most servers speak plain HTTP, and start a millisecond sooner without. */
function createTlsServer(options: ServerOptions & TlsKeys, listener: RequestListener): Server {
	const https = process.getBuiltinModule("node:https");
	return https.createServer({ ...options, minVersion: "TLSv1.2" }, listener);
}

function read(exchange: Exchange, body: Readable): Incoming {
	const { incoming } = exchange;
	const { socket, method = "", url = "", rawHeaders, httpVersion } = incoming;
	return {
		method,
		version: httpVersion,
		target: url,
		headers: rawHeaders,
		body,
		onOver: (listener) => onOver(exchange, listener),
		remoteAddress: socket.remoteAddress ?? "",
		localAddress: socket.localAddress ?? "",
	};
}

/** Sends what a stream gives until either side ends it. @param sent Called when the connection has taken some of it. */
async function pump(response: Response, outgoing: ServerResponse, sent: () => void): Promise<void> {
	const reader = response.body?.getReader();
	outgoing.on("close", () => void reader?.cancel().catch(() => {}));
	outgoing.flushHeaders();
	for (;;) {
		// A client that left before the answer closed it before anyone listened for that.
		if (outgoing.destroyed) await reader?.cancel().catch(() => {});
		const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
		if (done || outgoing.destroyed) break;
		if (!outgoing.write(value)) await drained(outgoing);
		if (!outgoing.destroyed) sent();
	}
	outgoing.end();
}

async function drained(outgoing: ServerResponse): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	outgoing.once("drain", resolve);
	outgoing.once("close", resolve);
	await promise;
	outgoing.off("drain", resolve);
	outgoing.off("close", resolve);
}

/** Asks the system once more, since `node:http` tells the reason only in a later turn. */
function whyNot(
	what: string,
	{ bind, port, setting }: { bind: string; port: number; setting: string },
): ListenError {
	let cause: unknown = new Error("no reason was given");
	try {
		Bun.listen({ hostname: bind, port, socket: { data() {} } }).stop();
	} catch (error) {
		cause = error;
	}
	return new ListenError(what, bind, port, setting, cause);
}
