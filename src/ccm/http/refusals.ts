import type { RouteContext } from "../../http/mod.ts";
import { Refusal } from "../projects/refusal.ts";
import { refused } from "../service/rest-adapter.ts";
import { replied } from "./answers.ts";

/** Answers by `run`, and what that refuses in the contract's form. */
export function answering(
	run: (context: RouteContext) => Promise<Response>,
): (context: RouteContext) => Promise<Response> {
	return async (context) => {
		try {
			return await run(context);
		} catch (error) {
			if (error instanceof Refusal) return replied(refused(error));
			throw error;
		}
	};
}
