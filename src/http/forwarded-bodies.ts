import type { Readable } from "node:stream";
import type { Clock } from "../kit/mod.ts";
import { BodyError } from "./body.ts";
import type { Call } from "./call.ts";

/** Largest answer that is not a stream, and all of them that are being collected. */
const MAX_ANSWER_BYTES = 64 << 20;
const MAX_ANSWERS_BYTES = 2 * MAX_ANSWER_BYTES;

/** Collects answers, so that one that is cut off is not taken for a short one. */
export class Answers {
	readonly #maxOne: number;
	readonly #maxAll: number;
	#held = 0;

	constructor(maxOne = MAX_ANSWER_BYTES, maxAll = MAX_ANSWERS_BYTES) {
		this.#maxOne = maxOne;
		this.#maxAll = maxAll;
	}

	/** @returns all of it; `long`: it is too long; `busy`: others take the room at the moment. */
	async collect(response: Response): Promise<Uint8Array<ArrayBuffer> | "long" | "busy"> {
		const pieces: Uint8Array[] = [];
		let length = 0;
		try {
			for await (const piece of response.body ?? []) {
				length += piece.length;
				this.#held += piece.length;
				if (length > this.#maxOne) return "long";
				if (this.#held > this.#maxAll) return "busy";
				pieces.push(piece);
			}
			return new Uint8Array(Buffer.concat(pieces));
		} finally {
			this.#held -= length;
		}
	}
}

/** Bodies that are being collected, all together. */
const MAX_BODIES_BYTES = 64 << 20;

/** Collects bodies of requests, a limited number of bytes at once. */
export class Bodies {
	readonly #clock: Clock;
	readonly #timeoutMs: number;
	#held = 0;

	/** @param timeoutMs Until one has to be there. */
	constructor(clock: Clock, timeoutMs: number) {
		this.#clock = clock;
		this.#timeoutMs = timeoutMs;
	}

	/** @param most Bytes. @throws BodyError when it is too long, late or cut off, or others take the room. */
	async collect({ body, headers }: Call, most: number): Promise<Uint8Array<ArrayBuffer>> {
		const announced = Number(headers.get("content-length") ?? most);
		if (announced > most) {
			throw new BodyError(`body too long: at most ${most} bytes are accepted`, 413);
		}
		if (this.#held + announced > MAX_BODIES_BYTES) {
			throw new BodyError("too many large bodies at once: try again later", 503);
		}
		this.#held += announced;
		try {
			return await collected(body, most, this.#clock, this.#timeoutMs);
		} finally {
			this.#held -= announced;
		}
	}
}

/** The body of a request. @throws BodyError when it is too long, late or cut off. */
export async function collected(
	body: Readable,
	most: number,
	clock: Clock,
	timeoutMs: number,
): Promise<Uint8Array<ArrayBuffer>> {
	const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
	const pieces: Buffer[] = [];
	let length = 0;
	const cancel = clock.after(timeoutMs, () =>
		reject(new BodyError(`the body did not arrive within ${timeoutMs} ms`, 408)),
	);
	const take = (piece: Buffer) => {
		length += piece.length;
		if (length <= most) pieces.push(piece);
		else reject(new BodyError(`body too long: at most ${most} bytes are accepted`, 413));
	};
	const cut = () => reject(new BodyError("the body did not arrive whole", 400));
	body.on("data", take);
	body.once("end", () => resolve(new Uint8Array(Buffer.concat(pieces))));
	body.once("error", cut);
	body.once("close", cut);
	try {
		return await promise;
	} finally {
		cancel();
		body.off("data", take);
	}
}
