import { randomUUID } from "node:crypto";
import { Invitations, type InvitationsDeps } from "../ccm/mod.ts";
import type { Core } from "./module.ts";
import { WEB_DEVICES } from "./web-devices.ts";

type Given = Omit<InvitationsDeps, "webDevices" | "secret">;

/** Inviting phones, whose devices are those of the CSM in this process; without one no one can be invited. */
export function buildInvitations({ store, offered }: Core, given: Given): Invitations {
	// Drawn when the database was made; a database in memory has none, and its codes end with it.
	const secret = store.serverId ?? randomUUID();
	return new Invitations({ ...given, webDevices: () => offered(WEB_DEVICES), secret });
}
