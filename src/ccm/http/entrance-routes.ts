import { Type } from "@sinclair/typebox";
import { failure, type Route, route } from "../../http/mod.ts";
import { checkRole } from "../service/access.ts";
import type { Person } from "../service/operation.ts";
import { done, refuse } from "./answers.ts";
import { needPerson } from "./person.ts";
import { readFields } from "./read-json.ts";
import { answering } from "./refusals.ts";

/** How devices get to the server, as people are told who connect one. */
export interface Entrance {
	/** Where they register, without a slash at its end. */
	readonly address: string;
	/** Others that mean the same. */
	readonly addresses: readonly string[];
	/** Whether only programs on the server's machine reach it. */
	readonly local_only: boolean;
	/** Whether a registration token is needed. */
	readonly login: boolean;
}

export interface RegistrationToken {
	readonly token: string;
	readonly name: string;
	/** Unix time, seconds. */
	readonly expires_at: number;
}

export interface DeviceEntrance {
	/** @param host The host name a page came by. */
	about(host: string): Entrance;
	/**
	 * Makes a registration token.
	 * @throws Refusal 409: this person has too many, or devices register at another server.
	 */
	drawToken(person: Person, days: number): Promise<RegistrationToken>;
}

const DEVICES = "/api/v1/devices";
const DEFAULT_DAYS = 30;
const MAX_DAYS = 365;

const EntranceView = Type.Object({
	state: Type.Literal("ok"),
	address: Type.String({ description: "Where devices register." }),
	addresses: Type.Array(Type.String(), { description: "Others that mean the same." }),
	local_only: Type.Boolean({ description: "Whether only the server's machine reaches it." }),
	login: Type.Boolean({ description: "Whether devices need a registration token." }),
});
const TokenView = Type.Object({
	state: Type.Literal("ok"),
	token: Type.String({ description: "Shown this once." }),
	name: Type.String({ description: "For `iotctl token revoke`." }),
	expires_at: Type.Number({ description: "Unix time." }),
});
const TokenInput = Type.Object({
	days: Type.Optional(
		Type.Integer({
			minimum: 1,
			maximum: MAX_DAYS,
			description: `Until it expires; ${DEFAULT_DAYS} by default.`,
		}),
	),
});

/** Where and with what devices register, for the page that shows how to connect one. */
export function entranceRoutes(entrance: DeviceEntrance): Route[] {
	const shared = { who: "account", refuse } as const;
	const token = {
		...shared,
		method: "POST",
		path: `${DEVICES}/token`,
		summary: "A new registration token, for teachers and administrators",
	} as const;
	return [
		route({
			...shared,
			method: "GET",
			path: `${DEVICES}/register`,
			summary: "Where devices register, and whether they need a token",
			replies: { 200: { description: "addresses", schema: EntranceView } },
			run: answering(async (context) => {
				needPerson(context);
				return done({ ...entrance.about(context.call.from.host.name) });
			}),
		}),
		route({
			...token,
			replies: {},
			describes: [
				{
					...token,
					body: TokenInput,
					replies: {
						200: { description: "the token", schema: TokenView },
						400: failure("the input is not what is asked for"),
						403: failure("not for students"),
						409: failure("this person has too many; or devices register at another server"),
					},
				},
			],
			run: answering(async (context) => {
				const person = needPerson(context);
				checkRole(person, "teacher");
				const { days = DEFAULT_DAYS } = await readFields(context, TokenInput);
				return done({ ...(await entrance.drawToken(person, days)) });
			}),
		}),
	];
}
