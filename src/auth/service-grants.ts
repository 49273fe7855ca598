import {
	apiTopics,
	dataTopic,
	downlinkOf,
	guiTopics,
	monitorTopic,
	uplinkOf,
} from "../contract/mod.ts";
import { ownerOf } from "./principal.ts";
import type { TopicGrants } from "./topic-grants.ts";

/** Its own messages by which it notices that a broker is stuck. */
const PROBE = "$iotctl/probe/+";

/**
 * What a project manager uses that logs in as a program of its own (`csm.md §2`, `ccm-gui.md §5`), also for the devices it
 * simulates: what they send it could send by functions of graphs as well.
 */
const CSM = apiTopics("ccm/#");
const GUI = guiTopics("+");
/** In a cluster topics of inputs have the partition of their graph in front. */
const DATA = [dataTopic("+"), dataTopic("+/+")];
const PUBLISHED = [CSM.req, GUI.res, PROBE, uplinkOf("+"), ...DATA];
const READ = [CSM.res, GUI.req, monitorTopic("+"), PROBE, downlinkOf("+")];

/** Gives services that log in with their own secret the rights they work with. */
export function grantServices(grants: TopicGrants): void {
	const owner = ownerOf({ kind: "service", name: "ccm", stamp: "" });
	for (const filter of PUBLISHED) grants.give(owner, { access: "publish", filter });
	for (const filter of READ) grants.give(owner, { access: "subscribe", filter });
}
