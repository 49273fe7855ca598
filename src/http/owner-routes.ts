import type { Route, RouteContext } from "./route.ts";

/** Who answers for a device that is another node's. */
export interface DeviceOwners {
	/** Whether a device is this node's, registered or not. */
	isOurs(id: string): boolean;
	/** Has the device's node answer. @param body Of the request, parsed. */
	ask(context: RouteContext, id: string, body: unknown): Promise<Response>;
}

/** Routes of devices in a cluster: each request is answered by the node of its device, which also decides who may. */
export function ownerRoutes(routes: readonly Route[], owners: DeviceOwners): Route[] {
	return routes.map((route): Route => {
		if (route.method === "OPTIONS") return route;
		const isOurs = ({ params }: RouteContext) => owners.isOurs(params.id ?? "");
		return {
			...route,
			admit: (context) => {
				if (isOurs(context)) route.admit?.(context);
			},
			answer: (context, body) =>
				isOurs(context)
					? route.answer(context, body)
					: owners.ask(context, context.params.id ?? "", body),
		};
	});
}
