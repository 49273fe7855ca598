import { type Forwarder, Reply, type Route, route } from "../http/mod.ts";

/** What of the project manager is for pages and for programs that talk to it: not its devices, nor its own status. */
const PATHS = [
	...["/api/*", "/export_project", "/import_project", "/device_confirm"],
	...["/mqtt_url", "/ec_endpoint", "/simtalk_endpoint"],
];

/**
 * Passes the API of the project manager on.
 * @param prefixes Paths before all addresses of this server; empty ones count for none.
 */
export function forwardRoutes(
	forwarder: Pick<Forwarder, "forward">,
	prefixes: readonly string[],
): Route[] {
	const longestFirst = ["/csm", ...prefixes]
		.filter((prefix) => prefix !== "")
		.sort((a, b) => b.length - a.length);
	return PATHS.map((path) =>
		route({
			method: "ANY",
			path,
			summary: "Of the project manager at ccm-url",
			who: "any-page",
			replies: { 502: { description: "it cannot be reached; 504: it does not answer" } },
			refuse: (status, reason, fields = {}) =>
				new Reply(status, JSON.stringify({ state: "error", reason }), {
					"cache-control": "no-store",
					"content-type": "application/json",
					"x-content-type-options": "nosniff",
					...fields,
				}),
			run: ({ call }) => {
				const { pathname, search } = new URL(call.request.url);
				const prefix = longestFirst.find((one) => pathname.startsWith(`${one}/`)) ?? "";
				return forwarder.forward(call, pathname.slice(prefix.length) + search);
			},
		}),
	);
}
