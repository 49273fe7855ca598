import { ownerOf } from "./principal.ts";
import type { TopicGrants } from "./topic-grants.ts";

/** What a project manager uses that logs in as a program of its own (`csm.md §2`, `ccm-gui.md §5`). */
const PUBLISHED = ["iottalk/api/req/ccm/#", "iottalk/api/gui/res/+"];
const READ = ["iottalk/api/res/ccm/#", "iottalk/api/gui/req/+", "iottalk/monitor/+"];

/** Gives services that log in with their own secret the rights they work with. */
export function grantServices(grants: TopicGrants): void {
	const owner = ownerOf({ kind: "service", name: "ccm", stamp: "" });
	for (const filter of PUBLISHED) grants.give(owner, { access: "publish", filter });
	for (const filter of READ) grants.give(owner, { access: "subscribe", filter });
}
