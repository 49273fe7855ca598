import { isUuid, UUID_PATTERN } from "../kit/mod.ts";
import type { GraphKey } from "./graph-keys.ts";

/** What all requests to the graph, device and client APIs begin with; replies have `res` for `req` (`csm.md §4.1`). */
export const API_REQUESTS = "iottalk/api/req/";
const API_RESPONSES = "iottalk/api/res/";

/** The two topics of an API: the client publishes to one and subscribes to the other. */
export interface ApiTopics {
	readonly req: string;
	readonly res: string;
}

/** @param path What comes behind the prefix, such as `gui/device`. */
export function apiTopics(path: string): ApiTopics {
	return { req: API_REQUESTS + path, res: API_RESPONSES + path };
}

const PAGES = "iottalk/api/gui/";
const PAGE = new RegExp(`^${PAGES}re[qs]/(${UUID_PATTERN.slice(1, -1)})$`, "i");

/** The topics of the project manager's API for pages (`ccm-gui.md §5`). @param page A UUID; `+` for any. */
export function guiTopics(page: string): ApiTopics {
	return { req: `${PAGES}req/${page}`, res: `${PAGES}res/${page}` };
}

/** Whether a topic is one of a page's. */
export function isPageTopic(topic: string): boolean {
	return topic.startsWith(PAGES);
}

/** The id of the page whose topic it is, as it is written there; undefined: it is not a UUID, or there is none. */
export function pageOf(topic: string): string | undefined {
	return PAGE.exec(topic)?.[1];
}

/** The path of a graph below the prefix; `+` for any client or graph, an empty graph for what all its graphs share. */
export function graphPath({ client, graph }: GraphKey): string {
	return `${client}/graph/${graph}`;
}

/** The path of a client's list of devices below the prefix; `+` for any client (`csm.md §7`). */
export function devicePath(client: string): string {
	return `${client}/device`;
}

/** Where the reply to a request goes. */
export function responseTopic(requestTopic: string): string {
	return API_RESPONSES + requestTopic.slice(API_REQUESTS.length);
}

const UPLINK = "/ctrl/i";
const DOWNLINK = "/ctrl/o";

/** The control channel from a device to the server; `+` for those of all devices (`csm.md §3`). */
export function uplinkOf(daId: string): string {
	return daId + UPLINK;
}

/** The control channel from the server to a device. */
export function downlinkOf(daId: string): string {
	return daId + DOWNLINK;
}

/** Whether a topic is a device's control channel to the server. */
export function isUplink(topic: string): boolean {
	return topic.endsWith(UPLINK);
}

/** The id of the device whose uplink a topic is, in lowercase. */
export function deviceOfUplink(topic: string): string {
	return topic.slice(0, -UPLINK.length).toLowerCase();
}

/** The id of the device whose downlink a topic filter names, in lowercase; undefined for any other filter. */
export function deviceOfDownlink(filter: string): string | undefined {
	return filter.endsWith(DOWNLINK) ? filter.slice(0, -DOWNLINK.length).toLowerCase() : undefined;
}

const PROTOCOL = /^[^/]+\/ctrl\/[io]$|^iottalk\//;

/** Whether a topic is one of IoTtalk's own: a control channel, or anything below `iottalk/`. */
export function isProtocolTopic(topic: string): boolean {
	return PROTOCOL.test(topic);
}

/** The topic of a link, for its data (`csm.md §5`). @param id A UUID of its own. */
export function dataTopic(id: string): string {
	return `iottalk/esm/${id}`;
}

/** A topic that shows what passes through a graph (`csm.md §6`). @param id A UUID of its own. */
export function monitorTopic(id: string): string {
	return `iottalk/monitor/${id}`;
}

const MONITOR = monitorTopic("");

/** Whether a topic, or filter, is a whole {@link monitorTopic}. */
export function isMonitorTopic(topic: string): boolean {
	return topic.startsWith(MONITOR) && isUuid(topic.slice(MONITOR.length));
}
