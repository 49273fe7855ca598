import { Type } from "@sinclair/typebox";
import { HealthView, LogLineView, ServerView } from "../contract/mod.ts";
import { json, plainReply, type Route, route } from "../http/mod.ts";
import type { ServerState } from "./server-state.ts";
import { shown } from "./shown-route.ts";

/**
 * What every server answers, whichever modules it has: health and metrics for programs, the log for admins.
 * @param view What it says of itself.
 */
export function serverRoutes(
	state: Pick<ServerState, "problems" | "isAlive" | "metrics" | "log">,
	view: () => ServerView,
): Route[] {
	return [
		// A supervisor without a login sees whether the server works, but not why it does not.
		route({
			method: "GET",
			path: "/health",
			summary: "Whether the server can do its work",
			who: "anyone",
			hosts: "any",
			replies: {
				200: { description: "it can", schema: HealthView },
				503: { description: "it cannot", schema: HealthView },
			},
			run: async ({ isAdmin }) => {
				const { problems } = state;
				const ready = problems.length === 0;
				const reasons = !ready && (await isAdmin()) ? problems : [];
				return json(ready ? 200 : 503, { live: state.isAlive, ready, reasons });
			},
		}),
		route({
			method: "GET",
			path: "/metrics",
			summary: "Metrics for Prometheus",
			who: "admin",
			hosts: "with-logins",
			replies: { 200: { description: "the metrics", type: "text/plain" } },
			run: async () => {
				const { contentType, text } = await state.metrics();
				return plainReply(text, contentType);
			},
		}),
		shown("/api/server", "What the server is made of, and how its modules are", ServerView, view),
		shown("/api/log", "The newest lines of the log", Type.Array(LogLineView), () => state.log()),
	];
}
