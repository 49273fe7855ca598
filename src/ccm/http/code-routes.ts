import { Type } from "@sinclair/typebox";
import { failure, type Route, route } from "../../http/mod.ts";
import type { Service } from "../service/service.ts";
import type { Registration } from "./account-port.ts";
import { done, refuse } from "./answers.ts";
import { needPerson } from "./person.ts";
import { answering } from "./refusals.ts";

const CodesState = Type.Object({
	state: Type.Literal("ok"),
	mode: Type.Union([Type.Literal("open"), Type.Literal("code"), Type.Literal("closed")], {
		description: "As it works for this request.",
	}),
	codes: Type.Array(
		Type.Object({
			expires_at: Type.Number({ description: "Unix time." }),
			uses_left: Type.Integer(),
		}),
	),
});

/** What administrators see of registration: not the codes themselves, whose hashes alone are kept. */
export function codeRoutes(service: Service, registration: Pick<Registration, "modeFor">): Route[] {
	return [
		route({
			...{ who: "account", refuse },
			method: "GET",
			path: "/api/v0/registration/code",
			summary: "How people can register, and codes that are still valid",
			replies: {
				200: { description: "the codes themselves are not kept", schema: CodesState },
				403: failure("not an administrator"),
			},
			run: answering(async (context) => {
				const codes = await service.call("get_registration_codes", needPerson(context), {});
				return done({ mode: registration.modeFor(context), codes });
			}),
		}),
	];
}
