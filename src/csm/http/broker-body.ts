import type { RouteContext } from "../../http/mod.ts";
import { InputError, isJsonObject, messageOf } from "../../kit/mod.ts";

/** What a broker sent: JSON or a form. */
export interface BrokerBody {
	readonly isJson: boolean;
	readonly fields: Readonly<Record<string, unknown>>;
}

/** Longer than any question with a topic that is in use. */
const MAX_BYTES = 16 << 10;

/** @throws InputError when it is neither; BodyError when it is too long, or does not arrive. */
export async function readBrokerBody({ call, body }: RouteContext): Promise<BrokerBody> {
	const written = call.headers.get("content-type") ?? "";
	const type = written.split(";")[0]?.trim().toLowerCase();
	switch (type) {
		case "application/json":
			return { isJson: true, fields: parse(await body.text(MAX_BYTES)) };
		case "application/x-www-form-urlencoded": {
			const form = new URLSearchParams(await body.text(MAX_BYTES));
			return { isJson: false, fields: Object.fromEntries(form) };
		}
		default:
			throw new InputError(
				`content type not supported: '${written}' (send application/json or application/x-www-form-urlencoded)`,
			);
	}
}

function parse(text: string): BrokerBody["fields"] {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw new InputError(`json decode error: ${messageOf(error)}`);
	}
	if (!isJsonObject(value)) throw new InputError("json body should be an object");
	return { ...value };
}
