import { type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Conflict, notFound, Refusal, TooManyRequests, Unreadable } from "../projects/refusal.ts";
import { checkRole } from "./access.ts";
import type { AnyOperation, Person, RestRoute } from "./operation.ts";
import type { Service } from "./service.ts";

/** A request to REST v0, whatever HTTP server took it. */
export interface RestRequest {
	readonly method: string;
	/** Below `/api/v0`, still encoded; a trailing slash makes no difference. */
	readonly path: string;
	/** The JSON object of the body; undefined: there is none. */
	readonly body: Readonly<Record<string, unknown>> | undefined;
	/** Null: no one is logged in. */
	readonly person: Person | null;
}

export interface RestReply {
	readonly status: number;
	/** Seconds after which it may be tried again. */
	readonly retryAfter?: number;
	readonly body: Readonly<Record<string, unknown>>;
}

/** Why a request that needs a JSON body is refused (`ccm-gui.md §3`). */
export const NO_BODY = "Content-type should be `application/json` and body should not be empty";

interface Entry {
	readonly operation: AnyOperation;
	readonly route: RestRoute;
	readonly segments: readonly string[];
}

/** REST v0 over the operations' table (`ccm-gui.md §3`): finds the operation, gives its answer the contract's form. */
export class RestAdapter {
	readonly #service: Service;
	readonly #entries: readonly Entry[];

	constructor(service: Service) {
		this.#service = service;
		this.#entries = [...service.operations.values()].flatMap((operation) => {
			const { rest: route } = operation;
			return route === undefined ? [] : [{ operation, route, segments: segmentsOf(route.path) }];
		});
	}

	/** All it answers, by operation. */
	get routes(): readonly Pick<Entry, "operation" | "route">[] {
		return this.#entries;
	}

	/** Methods of the operations a path leads to; none: there is no such path. */
	methodsAt(path: string): string[] {
		const segments = segmentsOf(path);
		const fitting = this.#entries.filter((entry) => fits(entry.segments, segments));
		return [...new Set(fitting.map(({ route }) => route.method))];
	}

	/** Answers a request; refusals are answers. */
	async answer({ method, path, body, person }: RestRequest): Promise<RestReply> {
		try {
			const found = this.#find(method, segmentsOf(path));
			if (found === undefined) throw new Refusal(404, "API not found");
			const { operation, route, segments: pattern } = found;
			checkRole(person, operation.who);
			const fields = placeIn(path, pattern, operation.input.properties);
			const takesMore = Object.keys(operation.input.properties).some((name) => !(name in fields));
			if (body === undefined && takesMore && route.method !== "GET" && route.method !== "DELETE") {
				throw new Refusal(400, NO_BODY);
			}
			const result = await this.#service.call(operation.name, person, { ...body, ...fields });
			return { status: route.status ?? 200, body: { state: "ok", ...replyOf(route, result) } };
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			return refused(error);
		}
	}

	/** Words win over variables: `/function/networkapplication` is not an id. */
	#find(method: string, segments: readonly string[]): Entry | undefined {
		const [first] = this.#entries
			.filter((entry) => entry.route.method === method && fits(entry.segments, segments))
			.sort((a, b) => variablesOf(a).length - variablesOf(b).length);
		return first;
	}
}

/** The answer to what is not done. */
export function refused(refusal: Refusal): RestReply {
	const { status, message: reason, missing } = refusal;
	const hasMore = refusal instanceof Conflict || refusal instanceof Unreadable;
	const more = hasMore ? refusal.more : {};
	return {
		status,
		body: { state: "error", reason, ...(missing !== undefined && { missing }), ...more },
		...(refusal instanceof TooManyRequests && { retryAfter: refusal.retryAfter }),
	};
}

function segmentsOf(path: string): string[] {
	return path.split("/").filter((segment) => segment !== "");
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
	return (
		pattern.length === segments.length &&
		pattern.every((part, index) => part.startsWith(":") || part === segments[index])
	);
}

function variablesOf({ segments }: Entry): string[] {
	return segments.filter((segment) => segment.startsWith(":"));
}

/** What a path can name, as reasons say it. */
const NAMED: Readonly<Record<string, string>> = {
	p_id: "project id",
	do_id: "Device Object id",
	dfo_id: "Device Feature Object id",
	na_id: "NetworkApplication id",
	df_id: "Device Feature id",
	dm_id: "Device Model id",
	d_id: "Device id",
	fn_id: "Function id",
	fnvt_idx: "Function version",
};

/** Fields that stand in the path. @throws Refusal 404: nothing can be there, such as an id 0; 400 */
function placeIn(
	path: string,
	pattern: readonly string[],
	schemas: Readonly<Record<string, TSchema>>,
): Record<string, string | number> {
	const segments = segmentsOf(path);
	const fields: Record<string, string | number> = {};
	for (const [index, part] of pattern.entries()) {
		if (!part.startsWith(":")) continue;
		const name = part.slice(1);
		const text = decoded(segments[index] ?? "");
		const isFit = (value: string | number) => Value.Check(schemas[name] ?? Type.Never(), value);
		// A segment of digits is an id (`ccm-gui.md §3.2`) where there are ids.
		if (/^\d+$/.test(text) && isFit(Number(text))) fields[name] = Number(text);
		else if (isFit(text)) fields[name] = text;
		else notFound(`${NAMED[name] ?? name} ${text}`);
	}
	return fields;
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		throw new Refusal(400, `the path is not percent-encoded UTF-8: ${segment}`);
	}
}

function replyOf(route: RestRoute, result: unknown): Record<string, unknown> {
	const fields = typeof result === "object" && result !== null ? { ...result } : {};
	if (route.as !== undefined) return { [route.as]: result, ...(route.both && fields) };
	const named = Object.entries(fields).map(([key, value]) => [route.rename?.[key] ?? key, value]);
	return Object.fromEntries(named);
}
