import { ElsewhereError } from "../kit/mod.ts";
import { reject } from "./replies.ts";
import type { Route, RouteContext } from "./route.ts";

/** Who answers for a device that is another node's. */
export interface DeviceOwners {
	/** Whether a device is this node's, registered or not, with all that is stored of it. */
	isOurs(id: string): boolean;
	/** Has the device's node answer. @param body Of the request, parsed. */
	ask(context: RouteContext, id: string, body: unknown): Promise<Response>;
	/**
	 * Has the device's node answer a request as it came, for as long as the client stays.
	 * @throws BodyError when its body does not arrive, or is longer than any device's.
	 */
	pass(context: RouteContext, id: string): Promise<Response>;
	/** Ends what is being passed on. */
	stop(): void;
}

/** Says that another node has a device by now, which the node that passed a request on asks next. */
export const ELSEWHERE = "x-iotctl-elsewhere";

/** The answer for a device that is another node's by now. */
export function moved(id: string): Response {
	const fields = { [ELSEWHERE]: "1", "retry-after": "1" };
	return reject(503, "the device's partition is being moved: try again", id, fields);
}

/**
 * Routes of devices in a cluster: each request is answered by the node of its device, which also decides who may. Where that
 * is another one once the change is made, nothing was changed here, and the next one is asked.
 */
export function ownerRoutes(routes: readonly Route[], owners: DeviceOwners): Route[] {
	return routes.map((route): Route => {
		if (route.method === "OPTIONS") return route;
		const ask: Elsewhere = (context, id, body) => owners.ask(context, id, body);
		const passed = atOwner(route, owners, ask);
		return {
			...passed,
			answer: async (context, body) => {
				try {
					return await passed.answer(context, body);
				} catch (error) {
					if (!(error instanceof ElsewhereError)) throw error;
					return await ask(context, context.params.id ?? "", body);
				}
			},
		};
	});
}

/** The same of devices that speak HTTP, whose passwords only their node knows. */
export function passedRoutes(routes: readonly Route[], owners: DeviceOwners): Route[] {
	return routes.map((route): Route => {
		if (route.who !== "device") return route;
		const passed = atOwner(route, owners, (context, id) => owners.pass(context, id));
		return {
			...passed,
			answer: async (context, body) => {
				const answer = await passed.answer(context, body);
				const isGone = answer.status === 503 && answer.headers.has(ELSEWHERE);
				// Who has waited for something new waits on at the next node.
				if (!isGone || route.method !== "GET") return answer;
				return await owners.pass(context, context.params.id ?? "");
			},
		};
	});
}

type Elsewhere = (context: RouteContext, id: string, body: unknown) => Promise<Response>;

function atOwner(route: Route, owners: DeviceOwners, elsewhere: Elsewhere): Route {
	/** Requests that may be answered here: a device may come while a body arrives, and who asks was not looked at. */
	const admitted = new WeakSet<RouteContext>();
	const idOf = ({ params }: RouteContext) => params.id ?? "";
	return {
		...route,
		admit: (context) => {
			if (!owners.isOurs(idOf(context))) return;
			route.admit?.(context);
			admitted.add(context);
		},
		answer: (context, body) =>
			admitted.has(context) && owners.isOurs(idOf(context))
				? route.answer(context, body)
				: elsewhere(context, idOf(context), body),
	};
}
