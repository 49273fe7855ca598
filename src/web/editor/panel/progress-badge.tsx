import { portOf } from "../project/open-project.ts";
import { texts } from "../texts/texts.ts";
import type { PlaceProps } from "./failures.tsx";

/** How far a link or a join has come, or what keeps its values away, in a word. */
export function ProgressBadge({ panel, naId, dfoId }: PlaceProps) {
	const { project } = panel;
	const { join, block } = texts.value.panel;
	const { state, off, notBound } = join;
	const progress = (dfoId === null ? project.joinOf(naId) : project.linkOf(naId, dfoId)).value;
	if (project.document.value?.status === "off") return <span class="panel-badge">{off}</span>;
	if (progress?.state === "running" && isAway(panel, dfoId)) {
		return <span class="panel-badge">{block.status.offline}</span>;
	}
	if (progress?.state === "running" && project.failureOf(naId, dfoId).value !== undefined) {
		return <span class="panel-badge panel-failed">{state.failed}</span>;
	}
	if (progress !== undefined) {
		return <span class={`panel-badge panel-${progress.state}`}>{state[progress.state]}</span>;
	}
	return dfoId === null ? null : <span class="panel-badge">{notBound}</span>;
}

/** Whether all devices of a place are known to be offline. */
function isAway({ project }: PlaceProps["panel"], dfoId: number | null): boolean {
	const place = dfoId === null ? undefined : portOf(project.document.value, dfoId);
	const bindings = place?.block.bindings ?? [];
	const told = bindings.map(({ mac_addr }) => project.presenceOf(mac_addr).value?.status);
	return told.length > 0 && told.every((status) => status === "offline");
}
