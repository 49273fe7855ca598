// What the tests of web pages share: an origin that is not trusted, and requests as bytes.

import type { Json } from "./gateway.ts";
import { basic } from "./logins.ts";

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
