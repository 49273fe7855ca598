import { Type } from "@sinclair/typebox";
import { IdSchema } from "../../contract/mod.ts";
import { type Route, route } from "../../http/mod.ts";
import { VERSION } from "../../kit/mod.ts";
import type { AdminSetup, Registration } from "./account-port.ts";
import { done, refuse } from "./answers.ts";
import type { FunctionBench } from "./function-bench.ts";
import { personOf } from "./person.ts";
import { answering } from "./refusals.ts";

/** What pages have to know of the server before they show anything. */
export interface SessionDeps {
	readonly setup: Pick<AdminSetup, "isNeeded">;
	readonly registration: Pick<Registration, "modeFor">;
	readonly bench: Pick<FunctionBench, "isOn" | "isSandboxed">;
	/** Names of the server modules that run here. */
	readonly modules: readonly string[];
}

const Role = Type.Union([Type.Literal("admin"), Type.Literal("teacher"), Type.Literal("student")]);

const Session = Type.Object({
	state: Type.Literal("ok"),
	person: Type.Union(
		[
			Type.Object({
				u_id: IdSchema,
				u_name: Type.String(),
				role: Role,
			}),
			Type.Null(),
		],
		{ description: "Who is logged in; null: no one." },
	),
	needed: Type.Boolean({ description: "Whether there is no administrator yet." }),
	registration: Type.Union([Type.Literal("open"), Type.Literal("code"), Type.Literal("closed")], {
		description: "Whether this request could make an account.",
	}),
	version: Type.Union([Type.String(), Type.Null()], {
		description: "Of the server; null: no one is logged in.",
	}),
	modules: Type.Array(Type.String(), {
		description: "What runs here, such as csm and ccm; empty: no one is logged in.",
	}),
	workbench: Type.Union([Type.Literal("on"), Type.Literal("off")], {
		description: "Whether functions are checked and can be tried.",
	}),
	may_try: Type.Boolean({ description: "Whether this person may try functions." }),
});

/** Who is logged in, and what the server can do: what a page asks first. */
export function sessionRoutes({ setup, registration, bench, modules }: SessionDeps): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/v1/session",
			summary: "Who is logged in, and what the server can do",
			who: "account",
			isOpen: true,
			refuse,
			replies: { 200: { description: "the session", schema: Session } },
			run: answering(async (context) => {
				const person = personOf(context);
				const mayTry = person !== null && (bench.isSandboxed || person.role !== "student");
				return done({
					person,
					needed: setup.isNeeded,
					registration: registration.modeFor(context),
					version: person && VERSION,
					modules: person === null ? [] : modules,
					workbench: bench.isOn ? "on" : "off",
					may_try: bench.isOn && mayTry,
				});
			}),
		}),
	];
}
