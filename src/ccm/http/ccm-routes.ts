import type { PageFiles, Route } from "../../http/mod.ts";
import type { Invitations } from "../invitations/invitations.ts";
import type { LiveDevices } from "../live/live-devices.ts";
import { RestAdapter } from "../service/rest-adapter.ts";
import type { Service } from "../service/service.ts";
import type { CcmStore } from "../store/port.ts";
import type { AdminSetup, Registration } from "./account-port.ts";
import { accountRoutes } from "./account-routes.ts";
import { auditRoutes } from "./audit-routes.ts";
import { catalogRoutes } from "./catalog-routes.ts";
import { codeRoutes } from "./code-routes.ts";
import { deviceRoutes } from "./device-routes.ts";
import { type DeviceEntrance, entranceRoutes } from "./entrance-routes.ts";
import { functionEditorRoutes } from "./function-editor-routes.ts";
import { homeRoutes } from "./home-routes.ts";
import { type HttpsSetup, httpsRoutes } from "./https-routes.ts";
import { invitationRoutes } from "./invitation-routes.ts";
import type { JoinPages } from "./join-pages.ts";
import { joinRoutes } from "./join-routes.ts";
import { type DrawPage, machineRoutes, type Places } from "./machine-routes.ts";
import { memberRoutes, phonePageRoute } from "./member-routes.ts";
import type { OwnPages } from "./own-page-routes.ts";
import { pageRoutes } from "./page-routes.ts";
import type { PhonePages } from "./phone-pages.ts";
import { restRoutes } from "./rest-routes.ts";
import { sessionListRoutes } from "./session-list-routes.ts";
import { type SessionDeps, sessionRoutes } from "./session-routes.ts";
import { setupRoutes } from "./setup-routes.ts";
import { templateRoutes } from "./template-routes.ts";
import { transferRoutes } from "./transfer-routes.ts";
import { type LiveStreams, v1Routes } from "./v1-routes.ts";
import { webDeviceRoutes } from "./web-device-routes.ts";

export interface CcmRoutesDeps {
	readonly service: Service;
	readonly store: CcmStore;
	readonly live: LiveStreams;
	readonly liveDevices: Pick<LiveDevices, "open">;
	readonly registration: Registration;
	readonly setup: AdminSetup;
	readonly places: Places;
	readonly entrance: DeviceEntrance;
	readonly https: HttpsSetup;
	readonly ownPages: OwnPages;
	readonly bench: SessionDeps["bench"];
	/** Names of the server modules that run here. */
	readonly modules: readonly string[];
	/** Without one, pages get no login on MQTT. */
	readonly drawPage?: DrawPage | undefined;
	/** The page at `/gui/`. */
	readonly page: PageFiles;
	/** The pages below `/da/`. */
	readonly phonePages: PhonePages;
	readonly invitations: Pick<Invitations, "joining" | "members" | "newPage">;
	/** The pages at `/join`. */
	readonly joinPages: JoinPages;
	/** The HTTPS port besides the usual one; without it there is none. */
	readonly securePort?: () => number | undefined;
	/** Whether `/` leads there: it may be another module's. */
	readonly isHome?: boolean;
}

/** Everything CCM answers over HTTP. */
export function ccmRoutes({
	service,
	store,
	live,
	liveDevices,
	registration,
	setup,
	places,
	entrance,
	https,
	ownPages,
	bench,
	modules,
	drawPage = async () => undefined,
	page,
	phonePages,
	invitations: { joining, members, newPage },
	joinPages,
	securePort = () => undefined,
	isHome = false,
}: CcmRoutesDeps): Route[] {
	const routes = [
		...pageRoutes(page),
		...webDeviceRoutes(phonePages),
		phonePageRoute(phonePages, (context) => ownPages.answer(context)),
		...memberRoutes({ members, securePort }),
		...joinRoutes({ joining, pages: joinPages, newPage }),
		...invitationRoutes(service, entrance),
		...homeRoutes(isHome),
		...machineRoutes(places, store, drawPage),
		...transferRoutes(service),
		...sessionRoutes({ setup, registration, bench, modules }),
		...setupRoutes(setup),
		...accountRoutes(registration),
		...sessionListRoutes(),
		...codeRoutes(service, registration),
		...v1Routes(service, live),
		...templateRoutes(service),
		...functionEditorRoutes(service),
		...entranceRoutes(entrance),
		...httpsRoutes(https),
		...ownPages.routes,
		...deviceRoutes(service, liveDevices),
		...auditRoutes(service),
		...catalogRoutes(service),
	];
	return [...routes, ...restRoutes(new RestAdapter(service), routes)];
}
