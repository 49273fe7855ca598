import { Type } from "@sinclair/typebox";
import { VERSION } from "../kit/mod.ts";
import { DEVICE_COOKIE } from "./device-login.ts";
import { impliedReplies } from "./implied-replies.ts";
import { PLAIN_JSON, plainReply } from "./replies.ts";
import {
	type DescribedRoute,
	type ReplyShape,
	type Route,
	type RouteTable,
	route,
	type Who,
} from "./route.ts";

const SECURITY_SCHEMES = {
	bearer: {
		type: "http",
		scheme: "bearer",
		description:
			"A registration token, the key of the command line on the server's machine, or that of a broker.",
	},
	basic: {
		type: "http",
		scheme: "basic",
		description:
			"Name and password of an admin; id and password of a device; or token and a registration token.",
	},
	registrationToken: { type: "apiKey", in: "query", name: "token" },
	brokerKey: {
		type: "apiKey",
		in: "query",
		name: "key",
		description: "The key of a broker that cannot set header fields.",
	},
	device: {
		type: "apiKey",
		in: "cookie",
		name: DEVICE_COOKIE,
		description: "The password of a device that is a page of this server.",
	},
	session: {
		type: "apiKey",
		in: "cookie",
		name: "iottalk-9992",
		description:
			"Set by POST /login and POST /api/v0/account/login; the number is the server's port. With it, what changes something is accepted from pages of this server and from programs.",
	},
};

const DEVICE_LOGINS = [{ bearer: [] }, { basic: [] }, { registrationToken: [] }];
/** An empty one: while logins are off none is asked for. An account always is, unless the route is open. */
const SECURITY: Readonly<Record<Who, readonly object[]>> = {
	"any-page": [],
	anyone: [],
	form: [],
	local: [{ bearer: [] }],
	account: [{ bearer: [] }, { basic: [] }, { session: [] }],
	broker: [{ bearer: [] }, { brokerKey: [] }],
	device: [{ basic: [] }, { device: [] }],
	registrar: [{}, ...DEVICE_LOGINS],
	owner: [{}, ...DEVICE_LOGINS],
	admin: [{}, { bearer: [] }, { basic: [] }, { session: [] }],
};

const BODY_TYPES = {
	json: "application/json",
	form: "application/x-www-form-urlencoded",
	multipart: "multipart/form-data",
};

/**
 * The HTTP API as an OpenAPI 3.1 document (`csm.md §2`).
 * @param prefixes Paths all routes are found below.
 */
export function openApi(tables: readonly RouteTable[], prefixes: Iterable<string>): object {
	const routes = tables
		.flatMap((table) => table.routes)
		.flatMap((one): readonly DescribedRoute[] => one.describes ?? [one])
		.filter(({ method }) => method !== "ANY");
	const paths: Record<string, Record<string, object>> = {};
	for (const described of routes) {
		const operations = paths[described.path] ?? {};
		operations[described.method.toLowerCase()] = operationOf(described);
		paths[described.path] = operations;
	}
	return {
		openapi: "3.1.0",
		info: {
			title: "IoTtalk",
			version: VERSION,
			license: { name: "MIT", identifier: "MIT" },
			description:
				"Devices register here, and those that do not speak MQTT send and receive here; all other data, and requests about graphs, go over MQTT. Below /api/ is what the server says about itself; where the project manager runs, projects are shown and changed there too.",
		},
		servers: [...prefixes].map((prefix) => ({ url: prefix === "" ? "/" : prefix })),
		paths,
		components: { securitySchemes: SECURITY_SCHEMES },
	};
}

/** `GET /api/openapi`: the document of some modules, and of itself. */
export function documentRoute(tables: readonly RouteTable[], prefixes: Iterable<string>): Route {
	let text: string | undefined;
	const own: Route = route({
		method: "GET",
		path: "/api/openapi",
		summary: "This document",
		who: "admin",
		replies: { 200: { description: "OpenAPI 3.1", schema: Type.Object({}) } },
		run: () => {
			text ??= JSON.stringify(openApi([...tables, { module: "http", routes: [own] }], prefixes));
			return plainReply(text, PLAIN_JSON);
		},
	});
	return own;
}

function operationOf(described: DescribedRoute): object {
	const { method, path, summary, who, body, bodyType = "json", replies } = described;
	const { isBodyOptional = false } = described;
	const inPath = namesIn(path).map((name) => ({
		name,
		in: "path",
		required: true,
		schema: described.params?.[name] ?? Type.String(name === "id" ? { format: "uuid" } : {}),
	}));
	const inQuery = Object.entries(described.query?.properties ?? {}).map(([name, schema]) => ({
		name,
		in: "query",
		required: described.query?.required?.includes(name) ?? false,
		schema,
	}));
	const parameters = [...inPath, ...inQuery];
	const all = Object.entries({ ...impliedReplies(described), ...replies });
	return {
		operationId: method.toLowerCase() + path.replaceAll(/\W+(\w?)/g, (_, c) => c.toUpperCase()),
		summary,
		security: described.isOpen ? [{}, ...SECURITY[who]] : SECURITY[who],
		...(parameters.length > 0 && { parameters }),
		...(body !== undefined && {
			requestBody: {
				required: !isBodyOptional,
				content: { [BODY_TYPES[bodyType]]: { schema: body } },
			},
		}),
		responses: Object.fromEntries(all.map(([status, shape]) => [status, responseOf(shape)])),
	};
}

function namesIn(path: string): string[] {
	return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}

function responseOf({ description, schema, type, fields }: ReplyShape): object {
	const content =
		schema !== undefined
			? { [type ?? "application/json"]: { schema } }
			: type !== undefined && { [type]: { schema: { type: "string" } } };
	return {
		description,
		...(fields !== undefined && {
			headers: Object.fromEntries(
				fields.map((name) => [name, { schema: { type: "string" } }] as const),
			),
		}),
		...(content && { content }),
	};
}
