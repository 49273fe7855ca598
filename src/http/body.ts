import type { Readable } from "node:stream";
import {
	InputError,
	isJsonObject,
	MAX_NESTING,
	messageOf,
	nestsTooDeep,
	parsePythonJson,
} from "../kit/mod.ts";
import type { Visitor } from "./access.ts";
import { BodyMemory, SMALL_BODY_BYTES } from "./body-memory.ts";
import type { Call } from "./call.ts";

/** A request whose body cannot be used at all; `status` says in which way. */
export class BodyError extends InputError {
	constructor(
		message: string,
		readonly status: 400 | 408 | 413 | 415 | 503,
	) {
		super(message);
	}
}

/** A body as it came: the fields of a JSON object or a form. */
export type Body = Readonly<Record<string, unknown>>;

/** Fields of a form by name; files are blobs. */
export type FormFields = ReadonlyMap<string, string | Blob>;

export interface BodyReaderOptions {
	/** Largest body. */
	maxBodyBytes: number;
	/** Time a client gets to send it. */
	bodyTimeoutMs: number;
}

/**
 * Where a body comes from: `known` may register devices, `page` is a page of another origin while logins are off,
 * `anyone` has shown no login. Callers of one kind cannot use up the memory for another.
 */
export type Sender = "known" | "page" | "anyone";

/** Which of them a visitor is. */
export function senderOf({ kind }: Visitor): Sender {
	if (kind === "page") return "page";
	return kind === "anonymous" ? "anyone" : "known";
}

/** Bytes of large bodies that may be arriving at once. */
const MEMORY_BYTES: Readonly<Record<Sender, number>> = {
	known: 64 << 20,
	page: 8 << 20,
	anyone: 0,
};

/** Reads request bodies within limits of size, time and memory. */
export class BodyReader {
	readonly #options: BodyReaderOptions;
	readonly #memory: Readonly<Record<Sender, BodyMemory>> = {
		known: new BodyMemory(MEMORY_BYTES.known),
		page: new BodyMemory(MEMORY_BYTES.page),
		anyone: new BodyMemory(MEMORY_BYTES.anyone),
	};

	constructor(options: BodyReaderOptions) {
		this.#options = options;
	}

	/**
	 * Reads the JSON object every changing request carries (`csm.md §2.1`). `NaN` and infinities,
	 * which Python clients may write, become null; other numbers stay as they were written.
	 * @throws BodyError with the contract's reason.
	 */
	async readJsonObject(call: Call, sender: Sender): Promise<Body> {
		const header = call.headers.get("content-type") ?? "";
		if (header.split(";")[0]?.trim().toLowerCase() !== "application/json") {
			throw new BodyError(
				`content type not supported: '${header}' (send 'Content-Type: application/json')`,
				400,
			);
		}
		const value = parse(await this.#readText(call, sender));
		if (!isJsonObject(value)) {
			throw new BodyError("json body should be an object", 400);
		}
		return { ...value };
	}

	/** Reads what a form in a page sends, from a caller that has no login yet; of fields of one name the first. @throws BodyError */
	async readForm(call: Call): Promise<Body> {
		const fields = new URLSearchParams(await this.#readText(call, "anyone"));
		return Object.fromEntries([...fields].reverse());
	}

	/** Whether a request has a body. */
	isThere({ headers }: Call): boolean {
		if (headers.get("transfer-encoding") !== null) return true;
		return Number(headers.get("content-length") ?? 0) > 0;
	}

	/** Reads a form of either encoding, with files; of fields of one name the first. @throws BodyError */
	async readFormData(call: Call, sender: Sender): Promise<FormFields> {
		const bytes = await this.#readLimited(call, sender);
		const type = call.headers.get("content-type") ?? "";
		try {
			// The types of pages know a Response of memory that is not shared.
			const content = new Uint8Array(bytes);
			const form = await new Response(content, { headers: { "content-type": type } }).formData();
			return new Map([...form].reverse());
		} catch {
			throw new BodyError(
				`content type not supported: '${type}' (send a form, as multipart/form-data)`,
				400,
			);
		}
	}

	/** Reads a text in UTF-8. @param maxBytes Of it. @throws BodyError */
	readText(call: Call, sender: Sender, maxBytes: number): Promise<string> {
		return this.#readText(call, sender, maxBytes);
	}

	async #readText(call: Call, sender: Sender, most?: number): Promise<string> {
		const bytes = await this.#readLimited(call, sender, most);
		try {
			return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		} catch {
			throw new BodyError("json decode error: the body is not UTF-8 text", 400);
		}
	}

	async #readLimited(call: Call, sender: Sender, most = Number.POSITIVE_INFINITY): Promise<Buffer> {
		const { headers } = call;
		const encoding = headers.get("content-encoding") ?? "identity";
		if (encoding.toLowerCase() !== "identity") {
			throw new BodyError(
				`content encoding not supported: '${encoding}' (send the body as it is, without Content-Encoding)`,
				415,
			);
		}
		const { maxBodyBytes } = this.#options;
		const forSender = sender === "anyone" ? SMALL_BODY_BYTES : maxBodyBytes;
		const maxBytes = Math.min(forSender, maxBodyBytes, most);
		// Without a length it may become as long as it may.
		const announced = Number(headers.get("content-length") ?? maxBytes);
		if (announced > maxBytes) throw tooLong(maxBytes);
		return this.#readBytes(call.body, { announced, maxBytes, sender });
	}

	async #readBytes(
		body: Readable,
		{ announced, maxBytes, sender }: { announced: number; maxBytes: number; sender: Sender },
	): Promise<Buffer> {
		const memory = this.#memory[sender];
		if (!memory.take(announced)) {
			throw new BodyError("too many large bodies at once: try again later", 503);
		}
		const { bodyTimeoutMs: timeoutMs } = this.#options;
		const whole = collect(body, maxBytes);
		const timer = setTimeout(
			() => whole.fail(new BodyError(`the body did not arrive within ${timeoutMs} ms`, 408)),
			timeoutMs,
		);
		try {
			return await whole.bytes;
		} finally {
			clearTimeout(timer);
			memory.give(announced);
		}
	}
}

interface Collected {
	readonly bytes: Promise<Buffer>;
	/** Waits for no more. */
	fail(error: BodyError): void;
}

/** All of a body. Iterating over it would close the connection together with the loop. */
function collect(body: Readable, maxBytes: number): Collected {
	const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
	const pieces: Buffer[] = [];
	let length = 0;
	const take = (piece: Buffer) => {
		length += piece.length;
		if (length > maxBytes) fail(tooLong(maxBytes));
		else pieces.push(piece);
	};
	const fail = (error: BodyError) => {
		body.off("data", take);
		reject(error);
	};
	const cutShort = () => fail(new BodyError("the body did not arrive whole", 400));
	body.on("data", take);
	body.once("end", () => {
		// It is closed after every body, and an error costs more than all the rest of a request.
		body.off("close", cutShort);
		resolve(pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces));
	});
	body.once("error", cutShort);
	body.once("close", cutShort);
	return { bytes: promise, fail };
}

function tooLong(maxBytes: number): BodyError {
	return new BodyError(`body too long: at most ${maxBytes} bytes are accepted`, 413);
}

function parse(text: string): unknown {
	if (nestsTooDeep(text)) {
		throw new BodyError(`json decode error: nested deeper than ${MAX_NESTING} levels`, 400);
	}
	try {
		return parsePythonJson(text);
	} catch (error) {
		const detail = text === "" ? "the body is empty" : messageOf(error);
		throw new BodyError(`json decode error: ${detail}`, 400);
	}
}
