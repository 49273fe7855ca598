import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Block } from "../../../contract/mod.ts";
import type { OpenProject } from "../project/open-project.ts";
import { texts } from "../texts/texts.ts";
import { seatStates } from "./seat-states.ts";
import "./crowd.css";

export interface CrowdSeatsProps {
	readonly project: OpenProject;
	readonly block: Block;
}

/** The devices of a crowd on its card: a square for each seat, and how many are there. */
export default function CrowdSeats({ project, block }: CrowdSeatsProps) {
	const { crowd: words } = texts.value;
	// Presence of forty devices comes in one event, and most events change nothing here. Made again with each block:
	// useComputed would keep what it read of the block as it was.
	const [shownSeats, onlineSeats] = useMemo(
		() => [
			computed(() => seatStates(project, block).join(" ")),
			computed(() => onlineIn(project, block)),
		],
		[project, block],
	);
	const shown = shownSeats.value;
	const states = shown.split(" ");
	const online = onlineSeats.value;
	const failing = states.filter((state) => state === "failing").length;
	const { status, sim } = project.document.value ?? {};
	const free = states.length - block.bindings.length;
	const parts = [
		words.online(online, states.length),
		...(failing > 0 ? [words.failing(failing)] : []),
		...(free > 0 && status === "on" && sim === "on" ? [words.simulated(free)] : []),
	];
	return (
		<div class="lanes-members crowd-members">
			<span>{parts.join(" · ")}</span>
			<span class="crowd-seats" aria-hidden="true">
				{states.map((state, seat) => (
					<i key={seat} class={`crowd-${state}`} title={words.seat(seat + 1)} />
				))}
			</span>
		</div>
	);
}

/** Undefined while nothing is known. */
function onlineIn(project: OpenProject, { bindings }: Block): number | undefined {
	if (project.contact.value.state !== "live") return undefined;
	const states = bindings.map(({ mac_addr }) => project.presenceOf(mac_addr).value?.status);
	return states.filter((status) => status === "online").length;
}
