import { InputError, messageOf } from "../../errors.ts";
import { MAX_NESTING, nestsTooDeep, parsePythonJson } from "../../json.ts";

/** A request whose body cannot be used at all: status 400, or 413 when it is too long. */
export class BodyError extends InputError {
	constructor(
		message: string,
		readonly status: 400 | 413,
	) {
		super(message);
	}
}

/**
 * Reads the JSON object every changing request carries (`csm.md §2.1`). `NaN` and infinities,
 * which Python clients may write, become null.
 * @throws BodyError with the contract's reason.
 */
export async function readJsonObject(
	request: Request,
	maxBytes: number,
): Promise<Record<string, unknown>> {
	const header = request.headers.get("content-type") ?? "";
	if (header.split(";")[0]?.trim().toLowerCase() !== "application/json") {
		throw new BodyError(
			`content type not supported: '${header}' (send 'Content-Type: application/json')`,
			400,
		);
	}
	const value = parse(await readText(request, maxBytes));
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new BodyError("json body should be an object", 400);
	}
	return { ...value };
}

async function readText(request: Request, maxBytes: number): Promise<string> {
	const tooLong = new BodyError(`body too long: at most ${maxBytes} bytes are accepted`, 413);
	if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLong;
	const bytes = await request.arrayBuffer();
	if (bytes.byteLength > maxBytes) throw tooLong;
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		throw new BodyError("json decode error: the body is not UTF-8 text", 400);
	}
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
