import type { BodyMemory } from "../../http/mod.ts";

/** A request as it came over the wire. */
export interface OldRequest {
	/** In capitals. */
	readonly method: string;
	/** What stands in the request line: usually a path. */
	readonly target: string;
	/** Names in lowercase; of one that comes twice it is the last. */
	readonly headers: ReadonlyMap<string, string>;
	readonly body: Buffer;
	/** Whether the connection stays for another request. */
	readonly keepsAlive: boolean;
}

/** What cannot be read as a request; nothing that follows can. */
export class UnreadableError extends Error {
	override readonly name = "UnreadableError";

	constructor(
		readonly status: 400 | 411 | 413 | 431 | 503,
		message: string,
	) {
		super(message);
	}
}

type Head = Omit<OldRequest, "body"> & { readonly length: number; readonly isAwaited: boolean };

export const MAX_HEAD_BYTES = 8 << 10;
const MAX_BODY_BYTES = 1 << 20;
const LF = 0x0a;
const BLANKS = [0x20, 0x09, 0x0d, LF];
const REQUEST_LINE = /^([A-Za-z]+)[ \t]+(\S(?:.*\S)?)[ \t]+HTTP\/1\.([0-9])[ \t]*$/;

/**
 * Cuts what a connection brings into requests of HTTP/1.x, more tolerantly than RFC 9112: lines may end in LF alone, Host
 * may be missing, and blanks may stand between requests. Microcontrollers send all of that
 * (`docs/adr/0021-reader-for-the-older-protocol.md`).
 */
export class RequestReader {
	readonly #onAwaited: () => void;
	readonly #memory: BodyMemory;
	/** What is not part of a request yet. */
	#rest = Buffer.alloc(0);
	#head: Head | undefined;
	#body: Buffer[] = [];
	#missing = 0;

	/**
	 * @param memory For large bodies; of all connections.
	 * @param onAwaited A client waits for a sign until it sends its body (`Expect: 100-continue`).
	 */
	constructor(memory: BodyMemory, onAwaited: () => void = () => {}) {
		this.#onAwaited = onAwaited;
		this.#memory = memory;
	}

	/** Whether a part of a request is here, and the rest is not. */
	get isInside(): boolean {
		return this.#head !== undefined || this.#rest.length > 0;
	}

	/** Bytes that wait to be read. */
	get waiting(): number {
		return this.#rest.length;
	}

	add(chunk: Uint8Array): void {
		if (this.#rest.length > 0) {
			this.#rest = Buffer.concat([this.#rest, chunk]);
			return;
		}
		// The runtime may use its memory again.
		this.#rest = Buffer.from(chunk);
	}

	/**
	 * The next whole request.
	 * @returns undefined until more bytes came.
	 * @throws UnreadableError
	 */
	next(): OldRequest | undefined {
		if (this.#head === undefined && !this.#readHead()) return undefined;
		const part = this.#rest.subarray(0, this.#missing);
		this.#rest = this.#rest.subarray(part.length);
		this.#missing -= part.length;
		if (part.length > 0) this.#body.push(part);
		if (this.#head === undefined || this.#missing > 0) return undefined;
		const { length: _length, isAwaited: _isAwaited, ...head } = this.#head;
		const body = Buffer.concat(this.#body);
		this.drop();
		this.#skipBlanks();
		return { ...head, body };
	}

	/** Forgets a request that is not whole. */
	drop(): void {
		this.#memory.give(this.#head?.length ?? 0);
		this.#head = undefined;
		this.#body = [];
	}

	#readHead(): boolean {
		this.#skipBlanks();
		const end = endOfHead(this.#rest);
		if ((end ?? this.#rest.length) > MAX_HEAD_BYTES) {
			throw new UnreadableError(431, `the header is larger than ${MAX_HEAD_BYTES} bytes`);
		}
		if (end === undefined) return false;
		const head = headOf(this.#rest.subarray(0, end).toString("latin1"));
		this.#rest = this.#rest.subarray(end);
		if (!this.#memory.take(head.length)) {
			throw new UnreadableError(503, "too many large bodies at once: try again later");
		}
		this.#head = head;
		this.#missing = head.length;
		if (head.isAwaited && this.#rest.length === 0 && head.length > 0) this.#onAwaited();
		return true;
	}

	#skipBlanks(): void {
		let at = 0;
		while (at < this.#rest.length && BLANKS.includes(this.#rest[at] ?? 0)) at += 1;
		this.#rest = this.#rest.subarray(at);
	}
}

/** Behind the empty line that ends a head; undefined: it is not there yet. */
function endOfHead(bytes: Buffer): number | undefined {
	for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
		if (bytes[at + 1] === LF) return at + 2;
		if (bytes[at + 1] === 0x0d && bytes[at + 2] === LF) return at + 3;
	}
	return undefined;
}

/** @throws UnreadableError */
function headOf(text: string): Head {
	const [line = "", ...fields] = text.split(/\r?\n/);
	const [, method = "", target = "", minor = ""] = REQUEST_LINE.exec(line) ?? [];
	if (method === "") {
		throw new UnreadableError(400, "this is not a request of HTTP/1.0 or HTTP/1.1");
	}
	const headers = new Map<string, string>();
	for (const field of fields) {
		const colon = field.indexOf(":");
		if (colon <= 0) continue;
		const name = field.slice(0, colon).trim().toLowerCase();
		const value = field.slice(colon + 1).trim();
		const isSame = headers.get(name) === undefined || headers.get(name) === value;
		if (!isSame && (name === "content-length" || name === "host")) {
			throw new UnreadableError(400, `there is more than one ${name}`);
		}
		headers.set(name, value);
	}
	const connection = headers.get("connection")?.toLowerCase() ?? "";
	return {
		method: method.toUpperCase(),
		target: Buffer.from(target, "latin1").toString("utf8"),
		headers,
		length: lengthOf(headers),
		keepsAlive: minor === "0" ? connection.includes("keep-alive") : !connection.includes("close"),
		isAwaited: headers.get("expect")?.toLowerCase() === "100-continue",
	};
}

/** @throws UnreadableError */
function lengthOf(headers: ReadonlyMap<string, string>): number {
	if (headers.has("transfer-encoding")) {
		throw new UnreadableError(411, "send the body with a Content-Length, not in chunks");
	}
	const written = headers.get("content-length") ?? "0";
	if (!/^\d{1,15}$/.test(written)) {
		throw new UnreadableError(400, "Content-Length is not a number of bytes");
	}
	const length = Number(written);
	if (length > MAX_BODY_BYTES) {
		throw new UnreadableError(413, `the body is larger than ${MAX_BODY_BYTES} bytes`);
	}
	return length;
}
