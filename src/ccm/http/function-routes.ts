import { Type } from "@sinclair/typebox";
import { failure, type Replies, type Route, route } from "../../http/mod.ts";
import { done, refuse } from "./answers.ts";
import type { BenchRefusal, FunctionBench } from "./function-bench.ts";
import { needPerson } from "./person.ts";
import { readFields } from "./read-json.ts";
import { answering } from "./refusals.ts";

const STATUS: Readonly<Record<BenchRefusal["refused"], number>> = {
	input: 400,
	busy: 429,
	off: 503,
};

/** A trial takes no longer. */
const RETRY_SECONDS = "2";

const NOT_SANDBOXED =
	"functions of this server are not sandboxed (engine = python3 in [esm]): students cannot try them";

const CheckInput = Type.Object({ code: Type.String() });

const Alias = Type.String({ pattern: "^[A-Za-z_][A-Za-z0-9_]*$", maxLength: 200 });

const TryInput = Type.Object({
	code: Type.String(),
	helpers: Type.Optional(
		Type.Array(Type.Object({ alias: Alias, code: Type.String() }), {
			description: "Functions the draft reaches as iot.<alias>.",
		}),
	),
	stage: Type.Optional(
		Type.Union([Type.Literal("idf"), Type.Literal("join"), Type.Literal("odf")], {
			description: "The function of an input (if absent), of a join or of an output.",
		}),
	),
	samples: Type.Array(Type.Unknown(), {
		description: "Each is a list of a message's values or a single value; for a join its slots.",
	}),
});

const Ok = Type.Object({ state: Type.Literal("ok") }, { additionalProperties: true });

function repliesWith(description: string): Replies {
	return {
		200: { description, schema: Ok },
		400: failure("the input is not what is asked for"),
		429: failure("too many requests of this person, or of all, are waiting"),
		503: failure("the workbench is off, or its engine cannot start"),
	};
}

/**
 * Checks, trials and completions for an editor of functions: for everyone who is logged in, in turn; but students do not
 * try functions that are not sandboxed.
 */
export function functionRoutes(bench: FunctionBench): Route[] {
	const shared = { who: "account", refuse } as const;
	const check = {
		...shared,
		method: "POST",
		path: "/api/v1/functions/check",
		summary: "What looks wrong in a function",
	} as const;
	const trial = {
		...shared,
		method: "POST",
		path: "/api/v1/functions/try",
		summary: "Call a function with samples",
	} as const;
	const replies = {
		check: repliesWith("`findings`: line, column, severity, text_id, args"),
		trial: {
			...repliesWith("`loading` and one of `samples` each: result or error, printed, ms"),
			403: failure("not for students where functions are not sandboxed"),
		},
	};
	return [
		route({
			...check,
			replies: {},
			describes: [{ ...check, body: CheckInput, replies: replies.check }],
			run: answering(async (context) => {
				const { u_id } = needPerson(context);
				const { code } = await readFields(context, CheckInput);
				return told(await bench.lint(String(u_id), code), (findings) => ({ findings }));
			}),
		}),
		route({
			...trial,
			replies: {},
			describes: [{ ...trial, body: TryInput, replies: replies.trial }],
			run: answering(async (context) => {
				const { u_id, role } = needPerson(context);
				// Elsewhere a student may only choose among functions.
				if (role === "student" && !bench.isSandboxed) return refuse(403, NOT_SANDBOXED);
				const input = await readFields(context, TryInput, ["samples"]);
				const draft = { helpers: [], stage: "idf", ...input } as const;
				return told(await bench.try(String(u_id), draft), (report) => report);
			}),
		}),
		route({
			...shared,
			method: "GET",
			path: "/api/v1/functions/completions",
			summary: "Names an editor of functions can offer",
			replies: {
				200: { description: "`builtins` and `modules`: name, kind, signature", schema: Ok },
			},
			run: answering(async (context) => {
				needPerson(context);
				return done(bench.completions());
			}),
		}),
	];
}

/** @param bodyOf What is told of an answer that is not a refusal. */
function told<T extends object>(answer: T | BenchRefusal, bodyOf: (found: T) => object): Response {
	if (!isRefusal(answer)) return done(bodyOf(answer));
	const fields = answer.refused === "busy" ? { "retry-after": RETRY_SECONDS } : {};
	return refuse(STATUS[answer.refused], answer.reason, fields);
}

function isRefusal(answer: object): answer is BenchRefusal {
	return "refused" in answer;
}
