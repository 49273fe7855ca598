import { Type } from "@sinclair/typebox";
import { SETUP_MINUTES } from "../../auth/mod.ts";
import { failure, type Route, type RouteContext, route } from "../../http/mod.ts";
import { type AdminSetup, SetupAnswer } from "./account-port.ts";
import { done, refuse } from "./answers.ts";
import { personOf } from "./person.ts";
import { readFields } from "./read-json.ts";
import { answering } from "./refusals.ts";

const PATH = "/api/v1/setup";
const Text = Type.String({ minLength: 1, maxLength: 1000 });
const SetupBody = Type.Object({
	key: Text,
	name: Text,
	password: Text,
	reach: Type.Union([Type.Literal("local"), Type.Literal("network")], {
		description: "Only this computer, or everyone in this network.",
	}),
});
const SetupState = Type.Object({
	state: Type.Literal("ok"),
	needed: Type.Boolean({ description: "Whether there is no administrator yet." }),
	name: Type.Union([Type.String(), Type.Null()], { description: "Who is logged in." }),
	role: Type.Union([Type.String(), Type.Null()]),
});
const SetupKey = Type.Object({
	state: Type.Literal("ok"),
	key: Type.String(),
	minutes: Type.Integer({ description: "How long it lets in." }),
});

/** The first start: whether there is an administrator, and making the first one with the key of the terminal. */
export function setupRoutes(setup: AdminSetup): Route[] {
	const shared = { who: "account", isOpen: true, path: PATH, refuse } as const;
	return [
		route({
			...shared,
			method: "GET",
			summary: "Whether the server has an administrator, and who is logged in",
			replies: { 200: { description: "the state", schema: SetupState } },
			run: answering(async (context) => {
				const person = personOf(context);
				const { u_name: name, role } = person ?? { u_name: null, role: null };
				return done({ needed: setup.isNeeded, name, role });
			}),
		}),
		route({
			...shared,
			method: "POST",
			summary: "Create the first administrator",
			describes: [
				{
					method: "POST",
					path: PATH,
					summary: "Create the first administrator",
					who: "account",
					isOpen: true,
					body: SetupBody,
					replies: {
						200: {
							description: "done, and logged in",
							schema: SetupAnswer,
							fields: ["Set-Cookie"],
						},
						403: failure("the key is wrong, used or expired"),
					},
				},
			],
			replies: {},
			run: answering((context) => setUp(setup, context)),
		}),
		route({
			method: "POST",
			path: `${PATH}/key`,
			refuse,
			summary: "A new one-use key, for the command line of this machine",
			who: "local",
			replies: {
				200: { description: "the key; the one before lets in no more", schema: SetupKey },
				409: failure("there is an administrator already"),
			},
			run: answering(async () => done({ key: setup.drawKey(), minutes: SETUP_MINUTES })),
		}),
	];
}

async function setUp(setup: AdminSetup, context: RouteContext): Promise<Response> {
	const request = await readFields(context, SetupBody);
	const { account, done: made } = await setup.run(context, request);
	return done(made, { "set-cookie": await context.logins().open(account) });
}
