import type { Static, TObject } from "@sinclair/typebox";
import type { Body, RouteContext } from "../../http/mod.ts";
import { Refusal } from "../projects/refusal.ts";
import { readInput } from "../service/fields.ts";
import { NO_BODY } from "../service/rest-adapter.ts";

/**
 * The JSON object of a request; undefined: it has no body, or one of another type (`ccm-gui.md §3`).
 * @throws BodyError when it is too long, broken, or not an object.
 */
export async function readJson(context: RouteContext): Promise<Body | undefined> {
	const { body, call } = context;
	const [type = ""] = (call.headers.get("content-type") ?? "").split(";", 1);
	if (!body.isThere || type.trim().toLowerCase() !== "application/json") return undefined;
	return body.json();
}

/** The same, checked. @throws Refusal 400 in the contract's words, BodyError */
export async function readFields<I extends TObject>(
	context: RouteContext,
	schema: I,
): Promise<Static<I>> {
	const body = await readJson(context);
	if (body === undefined) throw new Refusal(400, NO_BODY);
	return readInput(schema, body);
}
