import type { Route } from "../../http/mod.ts";
import { RestDoor } from "../service/rest-door.ts";
import type { Service } from "../service/service.ts";
import type { CcmStore } from "../store/port.ts";
import type { AccountDoor } from "./account-door.ts";
import { accountRoutes } from "./account-routes.ts";
import { restRoutes } from "./rest-routes.ts";

export interface CcmRoutesDeps {
	readonly service: Service;
	readonly store: CcmStore;
	readonly accounts: AccountDoor;
}

/** Everything CCM answers over HTTP. */
export function ccmRoutes({ service, accounts }: CcmRoutesDeps): Route[] {
	const door = new RestDoor(service);
	return [...accountRoutes(accounts), ...restRoutes({ door, accounts })];
}
