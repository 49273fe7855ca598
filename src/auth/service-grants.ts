import { apiTopics, guiTopics, monitorTopic } from "../contract/mod.ts";
import { ownerOf } from "./principal.ts";
import type { TopicGrants } from "./topic-grants.ts";

/** Its own messages by which it notices that a broker is stuck. */
const PROBE = "$iotctl/probe/+";

/** What a project manager uses that logs in as a program of its own (`csm.md §2`, `ccm-gui.md §5`). */
const CSM = apiTopics("ccm/#");
const GUI = guiTopics("+");
const PUBLISHED = [CSM.req, GUI.res, PROBE];
const READ = [CSM.res, GUI.req, monitorTopic("+"), PROBE];

/** Gives services that log in with their own secret the rights they work with. */
export function grantServices(grants: TopicGrants): void {
	const owner = ownerOf({ kind: "service", name: "ccm", stamp: "" });
	for (const filter of PUBLISHED) grants.give(owner, { access: "publish", filter });
	for (const filter of READ) grants.give(owner, { access: "subscribe", filter });
}
