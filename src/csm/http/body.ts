import { InputError, messageOf } from "../../errors.ts";
import { isJsonObject, MAX_NESTING, nestsTooDeep, parsePythonJson } from "../../json.ts";

/** A request whose body cannot be used at all; `status` says in which way. */
export class BodyError extends InputError {
	constructor(
		message: string,
		readonly status: 400 | 408 | 413 | 503,
	) {
		super(message);
	}
}

export interface BodyReaderOptions {
	/** Largest body. */
	maxBodyBytes: number;
	/** Time a client gets to send it. */
	bodyTimeoutMs: number;
}

/** Bodies of this size are read at any time; larger ones share {@link MAX_LARGE_BYTES}. */
const SMALL_BYTES = 16 << 10;
const MAX_LARGE_BYTES = 64 << 20;

/** Reads request bodies within limits of size, time and memory. */
export class BodyReader {
	readonly #options: BodyReaderOptions;
	#largeBytes = 0;

	constructor(options: BodyReaderOptions) {
		this.#options = options;
	}

	/**
	 * Reads the JSON object every changing request carries (`csm.md §2.1`). `NaN` and infinities,
	 * which Python clients may write, become null; other numbers stay as they were written.
	 * @throws BodyError with the contract's reason.
	 */
	async readJsonObject(request: Request): Promise<Record<string, unknown>> {
		const header = request.headers.get("content-type") ?? "";
		if (header.split(";")[0]?.trim().toLowerCase() !== "application/json") {
			throw new BodyError(
				`content type not supported: '${header}' (send 'Content-Type: application/json')`,
				400,
			);
		}
		const value = parse(await this.#readText(request));
		if (!isJsonObject(value)) {
			throw new BodyError("json body should be an object", 400);
		}
		return { ...value };
	}

	/** Reads what a form in a page sends. @throws BodyError */
	async readForm(request: Request): Promise<URLSearchParams> {
		return new URLSearchParams(await this.#readText(request));
	}

	async #readText(request: Request): Promise<string> {
		const { maxBodyBytes: maxBytes } = this.#options;
		const tooLong = new BodyError(`body too long: at most ${maxBytes} bytes are accepted`, 413);
		// Without a length it may become as long as it may.
		const announced = Number(request.headers.get("content-length") ?? maxBytes);
		if (announced > maxBytes) throw tooLong;
		const bytes = await this.#readBytes(request, announced);
		if (bytes.byteLength > maxBytes) throw tooLong;
		try {
			return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		} catch {
			throw new BodyError("json decode error: the body is not UTF-8 text", 400);
		}
	}

	async #readBytes(request: Request, announced: number): Promise<ArrayBuffer> {
		const large = announced > SMALL_BYTES ? announced : 0;
		if (this.#largeBytes + large > MAX_LARGE_BYTES) {
			throw new BodyError("too many large bodies at the same time: try again later", 503);
		}
		const { promise: late, reject } = Promise.withResolvers<never>();
		const { bodyTimeoutMs: timeoutMs } = this.#options;
		const timer = setTimeout(
			() => reject(new BodyError(`the body did not arrive within ${timeoutMs} ms`, 408)),
			timeoutMs,
		);
		this.#largeBytes += large;
		try {
			return await Promise.race([request.arrayBuffer().catch(cutShort), late]);
		} finally {
			clearTimeout(timer);
			this.#largeBytes -= large;
		}
	}
}

function cutShort(): never {
	throw new BodyError("the body did not arrive whole", 400);
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
