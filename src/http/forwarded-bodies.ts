import type { Readable } from "node:stream";
import type { Clock } from "../kit/mod.ts";
import { BodyError } from "./body.ts";

/** Largest answer that is not a stream. */
const MAX_ANSWER_BYTES = 64 << 20;

/** An answer. @returns undefined: it is too long. */
export async function wholeOf(response: Response): Promise<Uint8Array<ArrayBuffer> | undefined> {
	const pieces: Uint8Array[] = [];
	let length = 0;
	for await (const piece of response.body ?? []) {
		length += piece.length;
		if (length > MAX_ANSWER_BYTES) return undefined;
		pieces.push(piece);
	}
	return new Uint8Array(Buffer.concat(pieces));
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
