import { Type } from "@sinclair/typebox";
import { failure, type Route, type RouteContext, route } from "../../http/mod.ts";
import { checkRole } from "../service/access.ts";
import { SetupAnswer, type SetupDone } from "./account-port.ts";
import { done, refuse } from "./answers.ts";
import { needPerson } from "./person.ts";
import { readFields } from "./read-json.ts";
import { answering } from "./refusals.ts";

/** How phones reach the server encrypted. */
export interface HttpsView {
	readonly port: number;
	/** A base address others can reach, without a slash at its end. */
	readonly address: string;
	/** Host names and addresses the certificate is for. */
	readonly names: readonly string[];
	/** When it expires: Unix time, seconds. */
	readonly until: number;
	/** Whether browsers warn of it until they are told to trust it. */
	readonly self_signed: boolean;
}

/** HTTPS of a server, and who reaches it; `servers` fulfils it. */
export interface HttpsSetup {
	/** Whether the server is one of several nodes, of which each is opened by its own ini, and none from a page. */
	readonly isByIni: boolean;
	/** @param base Where the caller reached the server. @returns undefined: nothing is encrypted. */
	about(base: string): HttpsView | undefined;
	/**
	 * Opens an encrypted port while the server runs, with a certificate made for it where there is none.
	 * @param port 1 to 65535; undefined: the usual one.
	 * @returns what people have to do themselves; undefined: nothing.
	 * @throws Refusal 409 with the reason when that cannot be done; nothing has changed then.
	 */
	open(port: number | undefined): Promise<string | undefined>;
	/** Lets everyone in the network reach the server, with logins. */
	reach(): Promise<SetupDone>;
}

const PATH = "/api/v1/https";
const REACH = "/api/v1/reach";

const HttpsShape = Type.Object({
	port: Type.Integer(),
	address: Type.String({ description: "A base address others can reach." }),
	names: Type.Array(Type.String(), { description: "What the certificate is for." }),
	until: Type.Number({ description: "When it expires: Unix time." }),
	self_signed: Type.Boolean({ description: "Whether browsers warn of it until they trust it." }),
});
const HttpsAnswer = Type.Object({
	state: Type.Literal("ok"),
	https: Type.Union([HttpsShape, Type.Null()], { description: "null: nothing is encrypted." }),
	may: Type.Boolean({ description: "Whether this person may open it." }),
	by_ini: Type.Optional(
		Type.Literal(true, { description: "Of a cluster: each node is opened by its own ini." }),
	),
	todo: Type.Optional(Type.String({ description: "What the server could not do itself." })),
});
const OpenBody = Type.Object({
	port: Type.Optional(
		Type.Integer({ minimum: 1, maximum: 65_535, description: "9993 by default." }),
	),
});
const ReachBody = Type.Object({
	reach: Type.Literal("network", { description: "Everyone in this network, with logins." }),
});

/** HTTPS for phones, and the network they are in: what an administrator sets up from a page. */
export function httpsRoutes(https: HttpsSetup): Route[] {
	const shared = { who: "account", refuse } as const;
	const open = {
		...shared,
		method: "POST",
		path: PATH,
		summary: "Open an encrypted port, with a certificate made for it where there is none",
	} as const;
	const reach = {
		...shared,
		method: "POST",
		path: REACH,
		summary: "Let everyone in the network reach the server, with logins",
	} as const;
	return [
		route({
			...shared,
			method: "GET",
			path: PATH,
			summary: "Whether the server is encrypted, and for which names",
			replies: { 200: { description: "the state", schema: HttpsAnswer } },
			run: answering(async (context) => done(about(https, context))),
		}),
		route({
			...open,
			replies: {},
			describes: [
				{
					...open,
					body: OpenBody,
					replies: {
						200: { description: "it is open", schema: HttpsAnswer },
						403: failure("administrators only"),
						409: failure("the port is in use, there is no usable certificate, or it is by ini"),
					},
				},
			],
			run: answering(async (context) => {
				checkRole(needPerson(context), "admin");
				const { port } = await readFields(context, OpenBody);
				const todo = await https.open(port);
				return done({ ...about(https, context), ...(todo !== undefined && { todo }) });
			}),
		}),
		route({
			...reach,
			replies: {},
			describes: [
				{
					...reach,
					body: ReachBody,
					replies: {
						200: { description: "the server restarts, open to the network", schema: SetupAnswer },
						403: failure("administrators only"),
					},
				},
			],
			run: answering(async (context) => {
				checkRole(needPerson(context), "admin");
				await readFields(context, ReachBody);
				return done({ ...(await https.reach()) });
			}),
		}),
	];
}

function about(https: HttpsSetup, context: RouteContext) {
	const { role } = needPerson(context);
	const { isByIni } = https;
	return {
		https: https.about(context.call.base) ?? null,
		may: role === "admin" && !isByIni,
		...(isByIni && { by_ini: true as const }),
	};
}
