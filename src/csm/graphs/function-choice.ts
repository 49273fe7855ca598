import type { FunctionUse } from "../../contract/mod.ts";
import { InputError } from "../../kit/mod.ts";
import type { Asked } from "../store/asked.ts";
import type { FunctionSources } from "./function-sources.ts";
import { NO_FUNCTION } from "./live-graph.ts";

interface ChangeFields {
	readonly new: string | null;
	readonly depends?: Readonly<Record<string, string>> | null;
}

/**
 * The use that `new` and `depends` name (`csm.md §4.6`).
 * @throws InputError when one of them is not known.
 */
export async function newUse(
	sources: Pick<FunctionSources, "knows">,
	fields: ChangeFields,
): Promise<FunctionUse> {
	if (fields.new !== null && !(await sources.knows(fields.new))) {
		throw new InputError("New function not found");
	}
	for (const [alias, digest] of Object.entries(fields.depends ?? {})) {
		if (await sources.knows(digest)) continue;
		throw new InputError(`dependency ${alias}(${digest}) unknown, please add it first`);
	}
	return useOf(fields.new, fields.depends);
}

/** A function with its helpers; without a function there are none. */
export function useOf(
	digest: string | null,
	depends: Readonly<Record<string, string>> | null | undefined,
): FunctionUse {
	return digest === null ? NO_FUNCTION : { digest, depends: depends ?? {} };
}

/**
 * Compares `prev` (`csm.md §4.6`): absent = do not check; null = there must be no function. What a refused request
 * asked for last counts as well: the original's CCM takes every request as done.
 * @throws InputError when it is neither.
 */
export function checkPrev(
	prev: string | null | undefined,
	current: FunctionUse,
	asked: Asked,
): void {
	if (prev === undefined || prev === current.digest) return;
	if (asked !== null && prev === asked.digest) return;
	throw new InputError("`prev` field mismatch");
}

/**
 * Runs what takes the function a request asks for.
 * @param onRefused Told when it is refused, before the refusal is thrown on.
 */
export async function unlessRefused<T>(
	work: () => Promise<T>,
	onRefused: () => Promise<void>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof InputError) await onRefused();
		throw error;
	}
}
