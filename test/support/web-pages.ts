// What the tests of web pages share: an origin that is not trusted, and requests as bytes.

import { body, type Json } from "./gateway.ts";
import { basic } from "./logins.ts";
import { ask, type RawRequest } from "./raw-http.ts";
import { startTarget, type Target } from "./target.ts";

export const EVIL = "http://evil.example";

/** Header lines of a page with that origin. */
export const from = (origin: string) => [`Origin: ${origin}`];

/** The header line that shows the login a registration was answered with. */
export const basicOf = ({ username, password }: Json) =>
	`Authorization: ${basic(String(username), String(password))}`;

/** Paths under which something can be read. */
export const READABLE = [
	...["/", "/openapi", "/metrics", "/health", "/api/openapi", "/api/status", "/api/devices"],
	...["/api/graphs", "/api/functions", "/api/log", "/api/functions/x", "/csm/", "/csm/api/log"],
];

/** The same where there are projects: pages, and what they ask for. */
export const READABLE_OF_PROJECTS = [
	...["/", "/live", "/gui", "/gui/", "/connection", "/admin", "/join", "/join/aaaaaa", "/csm/gui/"],
	...["/da/Smartphone", "/da/01234567-89ab-4def-8123-456789abcdef", "/da/x/y", "/gui/x.js"],
	...["/da/01234567-89ab-4def-8123-456789abcdef/info", "/export_project?p_id=1", "/api/nothing"],
	...["/api/v0/project", "/api/v1/projects", "/api/v1/catalog", "/api/v1/devices", "/api/v1/audit"],
	...[
		"/api/v1/setup",
		"/api/v1/get_alias?mac_addr=x&df_name=y",
		"/api/status",
		"/csm/api/v1/people",
	],
];

/** A server that knows two more names than its own. */
export const startWithNames = () =>
	startTarget({ core: { "allowed-origins": "gateway.lan, https://panel.example" } });

/** Requests as bytes to the server of the moment. */
export function requestsTo(target: () => Target) {
	const send = (request: RawRequest) => ask(target(), request);
	const put = (id: string, headers: readonly string[] = [], changes: Json = {}) =>
		send({ method: "PUT", path: `/${id}`, headers, body: body(changes) });
	const remove = (id: string, rev: unknown, headers: readonly string[] = []) =>
		send({ method: "DELETE", path: `/${id}`, headers, body: { rev } });
	return { send, put, remove };
}
