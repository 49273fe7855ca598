import { hashOf, type TopicGrant } from "../auth/mod.ts";
import { GUI } from "../ccm/config.ts";
import { type DrawPage, PageApi, type PageApiDeps } from "../ccm/mod.ts";
import { sectionValues } from "../config/mod.ts";
import { mayBeAsked } from "./broker-questions.ts";
import type { Core } from "./module.ts";

/** What the page API needs besides what the server's core has. */
type Works = Pick<PageApiDeps, "service" | "store" | "hold" | "clock">;

/** The page API with the logins of its pages. */
export interface Pages {
	readonly api: PageApi;
	readonly drawPage: DrawPage;
}

/** The page API over MQTT, where it is on. */
export function buildPages(core: Core, works: Works): Pages | undefined {
	const { auth, broker, current, grants } = core;
	const log = core.log.component("ccm");
	const setting = sectionValues(current.values, GUI)["page-api"];
	const isExternal = current.values["core-mqtt"].broker === "external";
	if (setting === "off") return undefined;
	if (setting === "auto" && isExternal) {
		log.info("the page API over MQTT is off: another broker does not keep pages apart", {
			setting: "page-api in [gui]",
		});
		return undefined;
	}
	if (isExternal) {
		log.warn(
			"pages' requests over MQTT, with their tokens, are as private as the broker keeps them",
		);
	}
	// A topic of another broker is its own to grant, unless it asks.
	const hasLogins = auth.isOn && (!isExternal || mayBeAsked(core.modules, current.values));
	const ownerOf = (page: string) => `page ${page.toLowerCase()}`;
	const grantOf = (filter: string): TopicGrant => ({ access: "subscribe", filter });
	const api = new PageApi({
		...works,
		mqtt: broker.as("ccm"),
		servePages: (onLeft) => broker.servePages(onLeft),
		logins: {
			refresh: () => auth.refreshAccounts(),
			find: (page) => auth.pages.find(page),
			end: (page) => {
				auth.pages.end(page);
				broker.disconnectRevoked(ownerOf(page));
			},
			hashOf,
		},
		grant: (page, topic) => grants.give(ownerOf(page), grantOf(topic)),
		revoke: (page, topic) => grants.take(ownerOf(page), grantOf(topic)),
		log,
	});
	const drawPage: DrawPage = async (session) => {
		await auth.refreshAccounts();
		const drawn = await auth.pages.draw(session);
		if (drawn === undefined) return undefined;
		const { id, token } = drawn;
		const login = { credential_id: id, username: id, password: token };
		return { id, _id: token, ...(hasLogins && login) };
	};
	return { api, drawPage };
}
