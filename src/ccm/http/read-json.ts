import type { Static, TObject } from "@sinclair/typebox";
import type { Body, RouteContext } from "../../http/mod.ts";
import { withPlainNumbers } from "../../kit/mod.ts";
import { Refusal } from "../projects/refusal.ts";
import { readInput } from "../service/fields.ts";
import { NO_BODY } from "../service/rest-adapter.ts";

/**
 * The JSON object of a request; undefined: it has no body, or one of another type (`ccm-gui.md §3`). Python writes
 * `5.0` where it means 5: numbers are taken by their value.
 * @param exact Fields in which they stay as they were written, since a function tells `1.0` from `1`.
 * @throws BodyError when it is too long, broken, or not an object.
 */
export async function readJson(
	context: RouteContext,
	exact: readonly string[] = [],
): Promise<Body | undefined> {
	const { body, call } = context;
	const [type = ""] = (call.headers.get("content-type") ?? "").split(";", 1);
	if (!body.isThere || type.trim().toLowerCase() !== "application/json") return undefined;
	const fields = Object.entries(await body.json());
	return Object.fromEntries(
		fields.map(([name, value]) => [name, exact.includes(name) ? value : withPlainNumbers(value)]),
	);
}

/** The same, checked. @throws Refusal 400 in the contract's words, BodyError */
export async function readFields<I extends TObject>(
	context: RouteContext,
	schema: I,
	exact: readonly string[] = [],
): Promise<Static<I>> {
	const body = await readJson(context, exact);
	if (body === undefined) throw new Refusal(400, NO_BODY);
	return readInput(schema, body);
}
